"""Small games of every feed, written by hand: a few events between Oklahoma City and Washington."""

import json
from collections.abc import Callable
from typing import Any

OKC, WAS = 1610612760, 1610612764
GAME = "0021600270"
Document = dict[str, Any]

V2_HEADERS = [
    "GAME_ID", "EVENTNUM", "EVENTMSGTYPE", "EVENTMSGACTIONTYPE", "PERIOD", "PCTIMESTRING", "HOMEDESCRIPTION",
    "NEUTRALDESCRIPTION", "VISITORDESCRIPTION", "SCORE",
    "PERSON1TYPE", "PLAYER1_ID", "PLAYER1_TEAM_ID", "PERSON2TYPE", "PLAYER2_ID", "PLAYER2_TEAM_ID",
    "PERSON3TYPE", "PLAYER3_ID", "PLAYER3_TEAM_ID",
]  # fmt: skip


def v2() -> Document:
    """A basket with an assist, a blocked three, and the team rebound after it."""
    nobody = [0, 0, None]
    rows = [
        [GAME, 0, 12, 0, 1, "12:00", None, "Start", None, None, *nobody, *nobody, *nobody],
        [GAME, 4, 1, 5, 1, "11:40", "Adams Layup (2 PTS) (Westbrook 1 AST)", None, None, "0 - 2",
         4, 1, OKC, 4, 2, OKC, *nobody],
        [GAME, 5, 2, 1, 1, "11:20", "Adams BLOCK (1 BLK)", None, "MISS Wall 25' 3PT Jump Shot", None,
         5, 3, WAS, *nobody, 4, 1, OKC],
        [GAME, 6, 4, 1, 1, "11:18", None, None, "Wizards Rebound", None, 3, WAS, None, *nobody, *nobody],
    ]  # fmt: skip
    return {
        "resource": "playbyplay",
        "resultSets": [{"name": "PlayByPlay", "headers": list(V2_HEADERS), "rowSet": rows}],
    }


def data() -> Document:
    """The same game in the data feed."""
    shared = {"locX": 0, "locY": 1, "opid": "", "epid": "", "hs": 0, "vs": 0, "oftid": 0}
    made = {"evt": 4, "cl": "11:40", "etype": 1, "mtype": 5, "tid": OKC, "pid": 1, "epid": "2", "hs": 2}
    missed = {"evt": 5, "cl": "11:20", "etype": 2, "mtype": 1, "tid": WAS, "pid": 3, "opid": "1", "hs": 2}
    rebound = {"evt": 6, "cl": "11:18", "etype": 4, "mtype": 1, "tid": WAS, "pid": 0, "hs": 2}
    plays = [
        {
            **shared,
            "evt": 0,
            "cl": "12:00",
            "de": "Start Period",
            "etype": 12,
            "mtype": 0,
            "tid": 0,
            "pid": 0,
        },
        {**shared, **made, "de": "[OKC 2-0] Adams Layup Shot: Made (2 PTS) Assist: Westbrook (1 AST)"},
        {**shared, **missed, "de": "[WAS] Wall 3pt Shot: Missed Block: Adams (1 BLK)"},
        {**shared, **rebound, "de": "[WAS] Team Rebound"},
    ]
    return {"g": {"gid": GAME, "pd": [{"p": 1, "pla": plays}]}}


def _action(number: int, clock: str, **more: Any) -> Document:
    score = {"scoreHome": "0" if number < 4 else "2", "scoreAway": "0"}
    shared = {"clock": clock, "period": 1, "personId": 0, "qualifiers": [], **score}
    return {"actionNumber": number, **shared, **more}


def live() -> Document:
    """The same game in the live feed, with a substitution."""
    made = {"actionType": "2pt", "subType": "Layup", "shotResult": "Made", "assistPersonId": 2}
    missed = {"actionType": "3pt", "subType": "Jump Shot", "shotResult": "Missed", "blockPersonId": 1}
    place = {"xLegacy": 0, "yLegacy": 250}
    actions = [
        _action(2, "PT12M00.00S", actionType="period", subType="start", orderNumber=2, teamId=None),
        _action(4, "PT11M40.00S", orderNumber=4, teamId=OKC, **{**made, "personId": 1, **place}),
        _action(5, "PT11M20.00S", orderNumber=5, teamId=WAS, **{**missed, "personId": 3, **place}),
        _action(6, "PT11M20.00S", actionType="block", orderNumber=6, teamId=OKC),
        _action(7, "PT11M18.00S", actionType="rebound", subType="offensive", orderNumber=7, teamId=WAS),
        _action(8, "PT11M00.00S", actionType="substitution", subType="out", orderNumber=8, teamId=WAS)
        | {"personId": 3},
        _action(9, "PT11M00.00S", actionType="substitution", subType="in", orderNumber=9, teamId=WAS)
        | {"personId": 4},
    ]
    return {"meta": {}, "game": {"gameId": GAME, "actions": actions}}


def _v3(number: int, clock: str, kind: str, words: str, **more: Any) -> Document:
    return {
        "actionNumber": number, "actionId": number, "clock": clock, "period": 1, "teamId": 0, "personId": 0,
        "playerName": "", "playerNameI": "", "scoreHome": "", "scoreAway": "", "xLegacy": 0, "yLegacy": 250,
        "shotValue": 0, "actionType": kind, "subType": "", "description": words, **more,
    }  # fmt: skip


def v3() -> Document:
    """The same game in V3: who assists and who comes in is only named, and the block is a row of its own."""
    adams = {"teamId": OKC, "personId": 1, "playerName": "Adams", "playerNameI": "S. Adams"}
    west = {"teamId": OKC, "personId": 2, "playerName": "Westbrook", "playerNameI": "R. Westbrook"}
    wall = {"teamId": WAS, "personId": 3, "playerName": "Wáll", "playerNameI": "J. Wáll"}
    made = {**adams, "subType": "Layup Shot", "shotValue": 2, "scoreHome": "2", "scoreAway": "0"}
    block = {**adams, "actionNumber": 5, "actionId": 6}
    actions = [
        _v3(1, "PT12M00.00S", "period", "Start of 1st Period", subType="start"),
        _v3(4, "PT11M40.00S", "Made Shot", "Adams 1' Layup (2 PTS) (Westbrook 1 AST)", **made),
        _v3(5, "PT11M20.00S", "Missed Shot", "MISS Wall 25' 3PT Jump Shot", **wall, subType="Jump Shot")
        | {"shotValue": 3},
        _v3(6, "PT11M20.00S", "", "Adams BLOCK (1 BLK)", **block),
        _v3(7, "PT11M18.00S", "Rebound", "Wizards Rebound", personId=WAS, subType="Unknown"),
        _v3(8, "PT11M10.00S", "Turnover", "Westbrook Bad Pass Turnover (P1.T1)", **west, subType="Bad Pass"),
        _v3(9, "PT11M00.00S", "Substitution", "SUB: Westbrook FOR Adams", **adams),
    ]
    return {"meta": {}, "game": {"gameId": GAME, "actions": actions}}


SMALL: dict[str, Callable[[], Document]] = {"v2": v2, "data": data, "live": live, "v3": v3}


def changed(feed: str, change: Callable[[list[Any]], object]) -> str:
    """The game of a feed as JSON, after something was done to its list of rows."""
    document = SMALL[feed]()
    change(rows(feed, document))
    return json.dumps(document)


def rows(feed: str, document: Document) -> list[Any]:
    """The list of events in a document of a feed."""
    if feed == "v2":
        found: list[Any] = document["resultSets"][0]["rowSet"]
    elif feed == "data":
        found = document["g"]["pd"][0]["pla"]
    else:
        found = document["game"]["actions"]
    return found
