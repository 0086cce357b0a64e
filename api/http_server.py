"""One server process: `python -m api.http_server FD`, FD being the socket its parent listens on.

Several of them share the socket, so that a worker's restart refuses nobody.
"""

from __future__ import annotations

import socket
import sys

import uvicorn

GRACE_S = 5  # open streams are cut after this long, so that a stop takes seconds


def main(descriptor: int) -> None:
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
    )
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    main(int(sys.argv[1]))
