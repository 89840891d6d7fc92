"""The recorded games: where each is, and its rows of play_by_play."""

from pathlib import Path

from sources.readings import read, rows_of

RECORDED = {
    "v2": "pbpstats_samples/pbp/stats_0021600270.json",
    "data": "pbpstats_samples/pbp/data_0021600270.json",
    "v2 technical": "pbpstats_samples/pbp/technical_before_period_start.json",
    "live": "pbpstats_samples/pbp/live_0022000001.json",
    "v3": "nba_api_recorded/responses/playbyplayv3.json",
    "v3 cassette": "nba_api_recorded/cassettes/smoke/test_endpoints[PlayByPlayV3].yaml",
}
Event = dict[str, object]


def events_of(real_data: Path, recording: str) -> list[Event]:
    """Rows of play_by_play of one recording."""
    return rows_of(read(real_data / RECORDED[recording]), "play_by_play")
