"""An address that stays while the process behind it changes: connections are passed on as they are."""

import contextlib
import socket
import threading
import urllib.error
import urllib.request


class Front:
    """Listens on a port of loopback and leads to another one, or to none."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._behind: int | None = None
        threading.Thread(target=self._accept, name="front", daemon=True).start()

    def lead_to(self, port: int | None) -> None:
        """New connections go there; without a port they are closed at once."""
        self._behind = port

    def close(self) -> None:
        """Takes no more connections."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    @staticmethod
    def answers(port: int) -> bool:
        """Whether a server on that port lives."""
        with contextlib.suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=5).close()
            return True
        return False

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):  # either side went away
            if self._behind is None:
                return
            with socket.create_connection(("127.0.0.1", self._behind), timeout=120) as server:
                back = threading.Thread(target=_copy, args=(server, client), daemon=True)
                back.start()
                _copy(client, server)
                back.join()


def _copy(source: socket.socket, to: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            to.sendall(data)
        to.shutdown(socket.SHUT_WR)
