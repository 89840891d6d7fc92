"""The web page at `/` and its files below `/page/`: read once, sent with headers that let nothing else in."""

import gzip
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files

from fastapi import FastAPI, Request, Response

_TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",  # kept, and asked for again by its ETag
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Vary": "Accept-Encoding",
}


@dataclass(frozen=True)
class PageFile:
    """A file of the page: its content plain and compressed, and what names this version of it."""

    content: bytes
    packed: bytes
    etag: str
    type: str

    def response(self, request: Request) -> Response:
        """The file as the request wants it; 304 where the browser has this version."""
        headers = {**HEADERS, "ETag": self.etag}
        if self.etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                self.packed, headers={**headers, "Content-Encoding": "gzip"}, media_type=self.type
            )
        return Response(self.content, headers=headers, media_type=self.type)


def page_files(name: str = "page") -> dict[str, PageFile]:
    """All files in a folder of pages, by name."""
    folder = files("nba_mcp_synthesis.server").joinpath(name)
    return {
        one.name: _page_file(one.name, one.read_bytes())
        for one in sorted(folder.iterdir(), key=lambda entry: entry.name)
        if one.name.rpartition(".")[2] in _TYPES
    }


def _page_file(name: str, content: bytes) -> PageFile:
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:20]}"'
    return PageFile(content, gzip.compress(content, mtime=0), etag, _TYPES[name.rpartition(".")[2]])


def add_page(app: FastAPI) -> None:
    """Adds the page; index.html is `/`, every other file goes by its name below `/page/`."""
    for name, file in page_files().items():
        path = "/" if name == "index.html" else f"/page/{name}"
        app.add_api_route(path, sender(file), methods=["GET", "HEAD"], include_in_schema=False)


def sender(file: PageFile) -> Callable[[Request], Response]:
    """What answers requests for a file."""

    def send(request: Request) -> Response:
        return file.response(request)

    return send
