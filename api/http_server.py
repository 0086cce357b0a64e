"""One server process: `python -m api.http_server FD [CERTIFICATES]`.

FD is the socket its parent listens on, CERTIFICATES the folder that makes it speak https.

Several of them share the socket, so that a worker's restart refuses nobody.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import uvicorn

from api.certificates import CertificateFiles

GRACE_S = 5  # open streams are cut after this long, so that a stop takes seconds


def main(descriptor: int, certificates: CertificateFiles | None = None) -> None:
    """Serves `api.app:create_app` on the socket behind `descriptor` until SIGTERM."""
    config = uvicorn.Config(
        "api.app:create_app",
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


if __name__ == "__main__":
    main(int(sys.argv[1]), *(CertificateFiles(Path(folder)) for folder in sys.argv[2:]))
