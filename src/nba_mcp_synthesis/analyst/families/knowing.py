"""Questions about words and about the data: `what is true shooting`, `what seasons do you have`."""

from nba_mcp_synthesis.analyst.context import Context
from nba_mcp_synthesis.analyst.declined import NotLoaded
from nba_mcp_synthesis.analyst.families.family import Family
from nba_mcp_synthesis.analyst.frame import Frame
from nba_mcp_synthesis.analyst.lexicon import lexicon
from nba_mcp_synthesis.analyst.sentences import listed, on
from nba_mcp_synthesis.basketball.catalogue import measure
from nba_mcp_synthesis.facts import Claim, Proposal

_ASKS = ("what is", "whats", "what's", "what are", "what does", "define", "explain", "meaning")
_LOADED = """SELECT season, season_type, COUNT(*) AS games, MIN(game_date) AS first_game,
  MAX(game_date) AS last_game
FROM games
GROUP BY season, season_type
ORDER BY season, season_type"""


def fits_definition(frame: Frame) -> bool:
    """A measure alone, and a word that asks what it is."""
    alone = frame.has("measures") and not frame.beyond(("measures", "define", "percentage"))
    return alone and (frame.has("define") or any(frame.text.startswith(ask) for ask in _ASKS))


def answer_definition(frame: Frame, context: Context) -> Proposal:
    """The catalogue's definition; there is no number in it to prove."""
    known = [measure(name) for name in frame.values("measures")]
    told = [f"{of.label[0].upper()}{of.label[1:]}: {of.definition}" for of in known]
    estimate = [" Here it is an estimate." if of.is_estimate else "" for of in known]
    text = " ".join(f"{sentence}{more}" for sentence, more in zip(told, estimate, strict=True))
    context.run("SELECT COUNT(*) AS games FROM games")
    return context.answered(text, (), [of.name for of in known])


def fits_term(frame: Frame) -> bool:
    """A word of the game that is no measure: `what is a back to back`."""
    terms = frame.values("conditions")
    alone = len(terms) == 1 and terms[0] in lexicon().glossary
    asks = frame.has("define") or any(frame.text.startswith(ask) for ask in _ASKS)
    return alone and asks and not frame.beyond(("conditions", "define"))


def answer_term(frame: Frame, context: Context) -> Proposal:
    """The meaning that conditions have here."""
    context.run("SELECT COUNT(*) AS games FROM games")
    text = lexicon().glossary[frame.values("conditions")[0]]
    context.conditions.append(text)
    return context.answered(text, ())


def fits_data(frame: Frame) -> bool:
    """A question about what is loaded."""
    asks = frame.has("data") and set(frame.values("measures")) <= {"gp"}
    return asks and (frame.values("data") != ["here"] or frame.any("times", "how_many", "measures"))


def answer_data(frame: Frame, context: Context) -> Proposal:
    """Seasons, games and the newest day."""
    evidence = context.run(_LOADED)
    rows = evidence.result.rows
    if frame.values("data") == ["fresh"]:
        newest = max((row[4] for row in rows if row[4]), default=None)
        if newest is None:
            raise NotLoaded("No game that is loaded has a date.")
        text = f"The newest game loaded was played on {on(newest)}."
        return context.answered(text, [Claim(None, "last_game", str(newest), "date", evidence.id)])
    asked, kind = frame.values("season"), next(iter(frame.values("season_type")), "Regular Season")
    told = [row for row in rows if row[1] == kind and (not asked or row[0] in asked)]
    if not told:
        raise NotLoaded(f"No games of {listed([*asked, kind])} are loaded.", "Ask what seasons there are.")
    counts = f"{told[0][2]:,} games of the {told[0][0]} {kind.lower()}"
    if len(told) > 1:
        counts = f"games of {len(told)} seasons ({kind.lower()}), {told[0][0]} to {told[-1][0]}"
    text = f"Loaded are {counts}."
    others = sorted({row[1] for row in rows} - {kind})
    text += f" There are also games of other kinds: {listed(others)}." if others and not asked else ""
    return context.answered(text, [Claim(row[0], "games", row[2], "games", evidence.id) for row in told])


DEFINITION = Family(
    "definitions",
    fits_definition,
    answer_definition,
    ("measures", "define", "percentage"),
    "what is true shooting",
)
DATA = Family(
    "data", fits_data, answer_data, ("data", "times", "measures", "season", "season_type"),
    "what seasons do you have",
)  # fmt: skip
TERM = Family("terms", fits_term, answer_term, ("conditions", "define"), "what is a back to back")
