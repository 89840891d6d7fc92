"""The formats of play-by-play, for the door."""

from nba_mcp_synthesis.sources.base import Format
from nba_mcp_synthesis.sources.play_by_play.data_feed import PlayByPlayData
from nba_mcp_synthesis.sources.play_by_play.live_feed import PlayByPlayLive
from nba_mcp_synthesis.sources.play_by_play.stats_v2 import PlayByPlayV2
from nba_mcp_synthesis.sources.play_by_play.stats_v3 import PlayByPlayV3

PLAY_BY_PLAY: tuple[Format, ...] = (PlayByPlayV2(), PlayByPlayV3(), PlayByPlayData(), PlayByPlayLive())
