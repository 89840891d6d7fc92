"""Ids of players whom a feed only names in its descriptions."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable

from nba_mcp_synthesis.sources.play_by_play.events import person
from nba_mcp_synthesis.sources.values import Row, RowError

# Letters that do not fall apart into a letter and an accent.
_LETTERS = str.maketrans({"đ": "d", "ł": "l", "ø": "o", "\u0131": "i", "æ": "ae", "ß": "ss"})
# How a description starts with the player whose id stands beside it, or ends with him.
_OWN = re.compile(r"(?:MISS )?(?P<name>.+?) (?:REBOUND|STEAL|BLOCK|Free Throw|[SP]\.FOUL|\d+' )")
_GOES_OUT = re.compile(r"SUB: .+ FOR (?P<name>.+)")


class Names:
    """Players of a game by team and name, as its own rows tell them."""

    def __init__(self, actions: Iterable[Row]) -> None:
        self._players: dict[tuple[int, str], set[int]] = defaultdict(set)
        for action in actions:
            team, player = _id(action, "teamId"), _id(action, "personId")
            for name in _names(action) if team and player else ():
                self._players[team, _plain(name)].add(player)

    def player(self, team_id: int | None, name: str) -> int | None:
        """Id of the player of a team who has this name; None for nobody, and for several."""
        found = self._players.get((team_id or 0, _plain(name)), set())
        return next(iter(found)) if len(found) == 1 else None

    def anywhere(self, name: str) -> tuple[int | None, int | None]:
        """(team id, player id) of the one player of the game who has this name, else (None, None)."""
        plain = _plain(name)
        found = {
            (team, p) for (team, known), players in self._players.items() if known == plain for p in players
        }
        return found.pop() if len(found) == 1 else (None, None)


def _id(action: Row, key: str) -> int:
    """A usable id, else 0; a row whose id is not usable is refused where its event is made."""
    try:
        return person(action, key) or 0
    except RowError:
        return 0


def _names(action: Row) -> set[str]:
    """The names of the player of an action: two spellings, and the one in the description."""
    words = str(action.get("description") or "")
    matches = (_OWN.match(words), _GOES_OUT.fullmatch(words))
    own = {match["name"] for match in matches if match}
    return own | {str(action[key]) for key in ("playerName", "playerNameI") if action.get(key)}


def _plain(name: str) -> str:
    """Lower case without accents: descriptions say Vucevic where the row has Vučević."""
    parts = unicodedata.normalize("NFKD", name.strip().casefold().translate(_LETTERS))
    return "".join(letter for letter in parts if not unicodedata.combining(letter))
