"""What both gates say of arguments that decide how much memory a call takes."""

from nba_mcp_synthesis.errors import QueryRefused


def check_size(name: str, at: int, size: int | None, most: int) -> int:
    """The size; QueryRefused where it does not stand in the statement as a number, or is above `most`."""
    if size is None or size > most:
        raise QueryRefused(
            f"Argument {at} of {name} decides how much memory the call takes, so it has to be a number in "
            f"the statement, at most {most:,}.",
            f"Write a number up to {most:,} there.",
        )
    return size
