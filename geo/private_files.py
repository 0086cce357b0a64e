"""Files and folders that one user alone may read or hold."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from typing import IO, TYPE_CHECKING

from relief.errors import SetupRefused

if TYPE_CHECKING:
    from pathlib import Path

    from geo.postgres import Account


class InUse(SetupRefused):
    """Another start of the program holds this data folder."""

    code = "data_folder_in_use"


def write_private(path: Path, text: str) -> None:
    """Writes `text` to `path`, whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.rename(path)


def locked(path: Path) -> IO[str]:
    """The lock on a data folder, held while the file stays open; raises InUse or SetupRefused."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("w")
    except OSError as error:
        raise SetupRefused(f"{path.parent} can't be written: {error.strerror}.") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise InUse(f"reliefmap already runs on {path.parent}.") from None
    return file


def owned_folder(folder: Path, account: Account) -> Path:
    """`folder`, made for `account` alone; a link or a stranger's folder is refused."""
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.user_id, account.group_id)
    if folder.is_symlink() or folder.stat().st_uid != account.user_id:
        raise SetupRefused(f"{folder} belongs to somebody else: remove it and start again.")
    return folder
