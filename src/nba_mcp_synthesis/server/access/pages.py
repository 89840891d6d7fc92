"""Which requests want a page that people look at, where the same address gives programs something else.

A browser that follows a link sends no key: the page holds nothing, and asks for what it shows by itself.
"""

from collections.abc import Iterable

STATUS = "/status"


def wants_page(path: str, headers: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a request is a browser's for the page at an address that has JSON as well."""
    if path != STATUS:
        return False
    return any(name == b"accept" and b"text/html" in value.lower() for name, value in headers)
