"""Measures as the NBA's and Basketball-Reference's glossaries define them, written anew in polars."""

from collections.abc import Callable

import polars as pl

BOX = (
    "fgm", "fga", "fg3m", "fg3a", "ftm", "fta", "oreb", "dreb", "reb",
    "ast", "stl", "blk", "tov", "pf", "pts",
)  # fmt: skip
Column = Callable[[str], pl.Expr]
Formula = Callable[[Column], pl.Expr]


def divided(top: pl.Expr, bottom: pl.Expr) -> pl.Expr:
    """A quotient; nothing by zero."""
    return pl.when(bottom != 0).then(top / bottom)


def plays(c: Column, side: str = "") -> pl.Expr:
    """Possessions used: shots, trips to the line and turnovers."""
    return c(f"{side}fga") + 0.44 * c(f"{side}fta") + c(f"{side}tov")


def possessions(c: Column, own: str = "", other: str = "opp_") -> pl.Expr:
    """Basketball-Reference's possessions, the mean of both sides."""

    def one(a: str, b: str) -> pl.Expr:
        kept = divided(c(f"{a}oreb"), c(f"{a}oreb") + c(f"{b}dreb")) * (c(f"{a}fga") - c(f"{a}fgm"))
        return c(f"{a}fga") + 0.4 * c(f"{a}fta") - 1.07 * kept + c(f"{a}tov")

    return (one(own, other) + one(other, own)) / 2


def of_player(c: Column) -> pl.Expr:
    """His team's possessions by his share of its minutes, five of which pass at a time."""
    return possessions(c, "tm_") * share(c)


def share(c: Column) -> pl.Expr:
    """The share of his team's time that he played."""
    return divided(5 * c("minutes"), c("tm_minutes"))


def per(top: str, bottom: str, times: int = 1) -> Formula:
    """A count for each of another, or for so many."""
    return lambda c: times * divided(c(top), c(bottom))


def per_100(name: str, of: Formula) -> Formula:
    """A count in 100 possessions."""
    return lambda c: 100 * divided(c(name), of(c))


SHOOTING: dict[str, Formula] = {
    "fg_pct": lambda c: divided(c("fgm"), c("fga")),
    "fg3_pct": lambda c: divided(c("fg3m"), c("fg3a")),
    "ft_pct": lambda c: divided(c("ftm"), c("fta")),
    "efg_pct": lambda c: divided(c("fgm") + c("fg3m") / 2, c("fga")),
    "ts_pct": lambda c: divided(c("pts"), 2 * c("fga") + 0.88 * c("fta")),
    "fg3a_rate": lambda c: divided(c("fg3a"), c("fga")),
    "ft_rate": lambda c: divided(c("fta"), c("fga")),
    "ast_to": lambda c: divided(c("ast"), c("tov")),
    "e_ast_ratio": lambda c: 100 * divided(c("ast"), plays(c) + c("ast")),
}
PER_GAME: dict[str, Formula] = {f"{n}_per_game": per(n, "gp") for n in BOX}
PLAYER: dict[str, Formula] = {
    **SHOOTING,
    **PER_GAME,
    **{f"{n}_per_36": per(n, "minutes", 36) for n in BOX},
    **{f"{n}_per_100": per_100(n, of_player) for n in BOX},
    "minutes_per_game": lambda c: divided(c("minutes"), c("gp")),
    "usg_pct": lambda c: divided(plays(c), share(c) * plays(c, "tm_")),
    "reb_pct": lambda c: divided(c("reb"), share(c) * (c("tm_reb") + c("opp_reb"))),
    "oreb_pct": lambda c: divided(c("oreb"), share(c) * (c("tm_oreb") + c("opp_dreb"))),
    "dreb_pct": lambda c: divided(c("dreb"), share(c) * (c("tm_dreb") + c("opp_oreb"))),
    "ast_pct": lambda c: divided(c("ast"), share(c) * c("tm_fgm") - c("fgm")),
    "stl_pct": lambda c: divided(c("stl"), of_player(c)),
    "blk_pct": lambda c: divided(c("blk"), share(c) * (c("opp_fga") - c("opp_fg3a"))),
}
TEAM: dict[str, Formula] = {
    **SHOOTING,
    **PER_GAME,
    **{f"{n}_per_100": per_100(n, possessions) for n in BOX},
    **{f"opp_{n}_per_game": per(f"opp_{n}", "gp") for n in BOX},
    "win_pct": lambda c: divided(c("wins"), c("wins") + c("losses")),
    "poss": possessions,
    "off_rating": lambda c: 100 * divided(c("pts"), possessions(c)),
    "def_rating": lambda c: 100 * divided(c("opp_pts"), possessions(c)),
    "net_rating": lambda c: 100 * divided(c("pts") - c("opp_pts"), possessions(c)),
    "pace": lambda c: 240 * divided(possessions(c), c("minutes")),
    "e_off_rating": lambda c: 100 * divided(c("pts"), plays(c) - c("oreb")),
    "e_def_rating": lambda c: 100 * divided(c("opp_pts"), plays(c) - c("oreb")),
    "e_pace": lambda c: 240 * divided(plays(c) - c("oreb"), c("minutes")),
    "e_tov_pct": lambda c: divided(c("tov"), plays(c) - c("oreb")),
    "oreb_pct": lambda c: divided(c("oreb"), c("oreb") + c("opp_dreb")),
    "reb_pct": lambda c: divided(c("reb"), c("reb") + c("opp_reb")),
    "ast_pct": lambda c: divided(c("ast"), c("fgm")),
    "pythagorean_wins": lambda c: divided(
        c("gp") * c("pts") ** 13.91, c("pts") ** 13.91 + c("opp_pts") ** 13.91
    ),
}
TEAM_COUNTS = (*BOX, *(f"opp_{n}" for n in BOX), "gp", "wins", "losses")
PLAYER_COUNTS = (*BOX, "gp", "minutes", "dd2", "td3", "plus_minus")


def value(name: str, entity: str) -> pl.Expr:
    """A measure over summed columns."""
    formula = (PLAYER if entity == "player" else TEAM).get(name)
    return (formula(pl.col) if formula else pl.col(name)).alias(name)
