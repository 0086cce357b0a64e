"""One server process: `python -m api.http_server FD [CERTIFICATES]`.

FD is the socket its parent listens on, CERTIFICATES the folder that makes it speak https.

Several of them share the socket, so that a worker's restart refuses nobody.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.app import create_app
from api.certificates import CertificateFiles

GRACE_S = 5  # open streams are cut after this long, so that a stop takes seconds


def main(descriptor: int, certificates: CertificateFiles | None = None) -> None:
    """Serves `application` on the socket behind `descriptor` until SIGTERM."""
    config = uvicorn.Config(
        "api.http_server:application",
        factory=True,
        loop="uvloop",
        http="httptools",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
        ssl_certfile=certificates.server if certificates else None,
        ssl_keyfile=certificates.server_key if certificates else None,
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


class _Spelled(bytes):
    """A header's name that keeps its capitals, where the server writes all in small letters."""

    def lower(self) -> bytes:
        """The name as it is."""
        return self


_LOCATION = _Spelled(b"Location")


def application() -> ASGIApp:
    """`api.app`, whose answers to POST spell `Location` so.

    QGIS (3.40) looks for that very spelling, else takes what it added for lost and adds it again.
    """
    app = create_app()

    async def spelled(scope: Scope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if "headers" in message:
                named = message["headers"]
                message["headers"] = [(_LOCATION if n == b"location" else n, v) for n, v in named]
            await send(message)

        posted = scope["type"] == "http" and scope["method"] == "POST"
        await app(scope, receive, sent if posted else send)

    return spelled


if __name__ == "__main__":
    main(int(sys.argv[1]), *(CertificateFiles(Path(folder)) for folder in sys.argv[2:]))
