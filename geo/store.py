"""The store that the settings name, whether it runs already or must be started for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from geo.cluster import PrivateCluster
from geo.private_files import InUse
from geo.settings import Settings
from relief.errors import SetupRefused


@contextmanager
def opened(settings: Settings) -> Iterator[str]:
    """The store's URL; a private cluster that doesn't run is started, and stopped at the end."""
    if settings.database_url is not None:
        require_reachable(settings.database_url)
        yield settings.database_url
        return
    cluster = PrivateCluster(settings.data_dir)
    try:
        cluster.start()
    except InUse:
        require_reachable(cluster.database_url)
    try:
        yield cluster.database_url
    finally:
        cluster.stop()


def require_reachable(database_url: str) -> None:
    """Raises SetupRefused with the server's own words when nobody answers there."""
    try:
        psycopg.connect(database_url, connect_timeout=10).close()
    except psycopg.OperationalError as error:
        raise SetupRefused(f"The database can't be reached: {str(error).strip()}") from None
