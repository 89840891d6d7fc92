"""The engine's reasons, as the author of a statement reads them."""

import re

import duckdb

# They speak of the statement, and are raised before any row is read.
_OF_STATEMENTS = (duckdb.BinderException, duckdb.CatalogException, duckdb.ParserException)
# From the first quotation mark to the last: a value may hold some. That of "can't" is none.
_QUOTED = re.compile(
    r"""(?<!can)['"](?:.*['"](?!t be cast)|.*)|(?<=with value )[^'\s]\S*|(?<=cast value )(?!to )\S+""",
    re.DOTALL,
)
# Other errors set a value behind these, with or without quotation marks.
_BEFORE_VALUE = re.compile(r"""(?<!Error): |['"]""")


def reason(error: duckdb.Error) -> str:
    """The engine's own words, without the picture of the statement below them and without any value.

    A value may be text that came with the data, and an error is read as the server's own words.
    """
    told = str(error).split("\n\nLINE ", 1)[0]
    if isinstance(error, duckdb.ConversionException):
        told = _QUOTED.sub("…", told)
    elif not isinstance(error, _OF_STATEMENTS) and (found := _BEFORE_VALUE.search(told)):
        told = told[: found.start()].rstrip() + " …"
    return told.replace("\n", " ").strip()
