"""Measures of the user's own: read from a file, checked at the start, and used like ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from basketball.stats.asking import ask, told
from nba_mcp_synthesis.app import App
from nba_mcp_synthesis.basketball.catalogue import measure, measures, use_own
from nba_mcp_synthesis.basketball.stats.describing import describe_measure
from nba_mcp_synthesis.basketball.stats.own_measures import load_own
from nba_mcp_synthesis.basketball.stats.stats import Stats
from nba_mcp_synthesis.errors import SettingsError
from nba_mcp_synthesis.settings import load_settings

STOCKS = """
[ratios.stocks_per_game]
label = "stocks per game"
unit = "stocks per game"
words = ["stocks"]
formula = "(stl + blk) / gp"
qualifier = "gp"
decimals = 1
source = "the front office"
definition = "Steals and blocks a game."

[ratios.shot_quality]
label = "shot quality"
kinds = ["player"]
formula = "{ts_pct} / greatest({usg_pct}, 0.1)"
qualifier = { count = "fga", minimum = 100, why = "we ask for a hundred attempts" }
definition = "True shooting by usage."
"""


@pytest.fixture(autouse=True)
def only_ours_afterwards() -> Iterator[None]:
    """Other tests have our measures only."""
    yield
    use_own({})


def _file(folder: Path, text: str) -> Path:
    path = folder / "own.toml"
    path.write_text(text, "utf-8")
    return path


def test_own_measures_are_used_like_ours(demo: Stats, tmp_path: Path) -> None:
    """They come out of queries, rank with their qualifier, and stand beside ours."""
    use_own(load_own(_file(tmp_path, STOCKS)))
    assert measure("stocks_per_game").words == ("stocks per game", "stocks")
    parts = told(demo, "stl blk gp", "player")
    own = told(demo, "stocks_per_game", "player")
    assert own == {who: (pytest.approx((stl + blk) / gp),) for who, (stl, blk, gp) in parts.items()}
    board = ask(demo, "shot_quality", "player", limit=3)
    assert "we ask for a hundred attempts" in board.assumed[-1]
    given = told(demo, "ts_pct usg_pct", "player")
    for _, who, value in board.result.rows:
        assert value == pytest.approx(given[who][0] / max(given[who][1], 0.1))


def test_the_program_reads_the_file_of_the_setting(tmp_path: Path) -> None:
    """NBA_MCP_MEASURES names it."""
    App(load_settings({"NBA_MCP_MEASURES": str(_file(tmp_path, STOCKS)), "NBA_MCP_HOME": str(tmp_path)}))
    assert "stocks_per_game" in measures()
    assert "the front office" in describe_measure("stocks_per_game")


def test_own_measures_take_the_place_of_own_measures() -> None:
    """Without a file there are ours only."""
    use_own({})
    assert "stocks_per_game" not in measures()


GOOD = {"label": '"x"', "definition": '"It is."', "formula": '"pts / gp"'}


def _table(name: str = "mine", **changed: str) -> str:
    lines = [f"{key} = {value}" for key, value in (GOOD | changed).items() if value]
    return f"[ratios.{name}]\n" + "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (_table(formula='"points / gp"'), "points is no count of players"),
        (_table(formula='"fgx / gp"'), "did you mean fga or fgm or fg3a"),
        (_table(formula='"pts // gp"'), "nothing that a formula can have"),
        (_table(formula='"pts ÷ gp"'), "cannot be read"),
        (_table(formula='"pts /"'), "cannot be read"),
        (_table(formula='"sum(pts)"'), "nothing that a formula can have"),
        (_table(formula='"random() * pts"'), "nothing that a formula can have"),
        (_table(formula='"(SELECT 1) * pts"'), "nothing that a formula can have"),
        (_table(formula='"pts; DROP TABLE games"'), "cannot be read"),
        (_table(formula='"pts -- gp"'), "cannot be read"),
        (_table(formula='"max(pts + reb)"'), "max and min are of one count"),
        (_table(formula='"max(pts, 3)"'), "max and min are of one count"),
        (_table(formula='"2 + 2"'), "names no count"),
        (_table(formula='"{ts_pc} * 2"'), "did you mean ts_pct"),
        (_table(formula='"{off_rating} * 2"'), "off_rating} is no measure of players"),
        (_table(formula='"{mine} * 2"'), "mine} is no measure"),
        (_table(formula="3"), "formula"),
        (_table(definition=""), "definition: Field required"),
        (_table(defintion='"x"'), "defintion is not known; did you mean definition?"),
        (_table(kinds='["coach"]'), "kinds.0"),
        (_table(qualifier='"games"'), "qualifier"),
        (_table(words='"one"'), "words"),
        (_table(words='["true shooting"]'), "the word 'true shooting' means ts_pct"),
        (_table("ts_pct"), "the name is taken"),
        (_table("opponent"), "the name is taken"),
        (_table('"My Measure"'), "a name has small letters"),
        ("[counts.mine]\nlabel = 'x'", r"only \[ratios.NAME\] tables are read"),
        ("[ratios.mine", "cannot be read"),
    ],
)
def test_a_faulty_file_says_what_is_wrong(tmp_path: Path, text: str, said: str) -> None:
    """The error names the file, the measure and the fault."""
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError, match=said) as raised:
        load_own(path)
    assert str(path) in str(raised.value)
    if text.startswith("[ratios.mine]"):
        assert "mine: " in str(raised.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Whoever mends a file sees everything."""
    text = f"{_table('one', formula=chr(34) + 'fgx' + chr(34))}\n{_table('two', colour='1')}"
    with pytest.raises(SettingsError, match=r"one: fgx.*two: colour"):
        load_own(_file(tmp_path, text))


def test_a_missing_file_stops_the_start(tmp_path: Path) -> None:
    """The setting names a file that is not there."""
    settings = load_settings({"NBA_MCP_MEASURES": str(tmp_path / "no.toml"), "NBA_MCP_HOME": str(tmp_path)})
    with pytest.raises(SettingsError, match="cannot be read"):
        App(settings)
