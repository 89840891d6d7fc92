"""Names to test with: a handful of players and the thirty teams."""

import pytest

from nba_mcp_synthesis.basketball.names import Names
from nba_mcp_synthesis.basketball.roster import Person
from nba_mcp_synthesis.schema.teams import teams

PEOPLE = (
    Person(1, "Shai Gilgeous-Alexander", "OKC, Guard", 2250.0),
    Person(2, "Nikola Jokić", "DEN, Center", 2300.0),
    Person(3, "Luka Dončić", "LAL, Forward-Guard", 2300.0),
    Person(4, "Luka Garza", "BOS, Center", 1000.0),
    Person(5, "Karl-Anthony Towns", "NYK, Center", 2100.0),
    Person(6, "Giannis Antetokounmpo", "MIL, Forward", 1040.0),
    Person(7, "Thanasis Antetokounmpo", "MIL, Forward", 148.0),
    Person(8, "Stephen Curry", "GSW, Guard", 1330.0),
    Person(9, "Seth Curry", "GSW, Guard", 133.0),
    Person(10, "Jalen Williams", "OKC, Guard", 1500.0),
    Person(11, "Jaylin Williams", "OKC, Forward", 1300.0),
    Person(12, "Jamal Murray", "DEN, Guard", 2200.0),
    Person(13, "Keegan Murray", "SAC, Forward", 1900.0),
    Person(14, "Jaren Jackson Jr.", "UTA, Forward", 1800.0),
    Person(15, "Trey Murphy III", "NOP, Forward", 2000.0),
    Person(16, "De'Aaron Fox", "SAS, Guard", 2100.0),
    Person(17, "P.J. Washington", "DAL, Forward", 1700.0),
    Person(18, "Trae Young", "WAS, Guard", 900.0),
    Person(19, "Jerami Grant", "POR, Forward", 1700.0),
    Person(20, "Will Riley", "WAS, Forward", 1600.0),
    Person(21, "Kawhi Leonard", "LAC, Forward", 2080.0),
    Person(22, "Leonard Miller", "MIN, Forward", 718.0),
    Person(23, "Cole Anthony", "MIL, Guard", 526.0),
    Person(24, "Anthony Edwards", "MIN, Guard", 2136.0),
    Person(25, "Jevon Carter", "ORL, Guard", 867.0),
    Person(26, "Victor Wembanyama", "SAS, Center", 1900.0),
    Person(27, "Michael Porter Jr.", "BKN, Forward", 1700.0),
    Person(28, "Jordan Poole", "NOP, Guard", 933.0),
    Person(29, "Myles Turner", "MIL, Center", 2100.0),
)


@pytest.fixture(scope="session")
def names() -> Names:
    """The handful of players, and all teams."""
    return Names(PEOPLE, teams())
