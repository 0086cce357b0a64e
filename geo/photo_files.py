"""Photos on disk: parts of uploads that grow byte by byte, and pictures under their digest.

Whatever is answered for is on the disk by then. A full disk is an error of its own, after which
everything is as it was or goes on from there.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from relief.errors import Conflict, StorageFull

RESERVE_BYTES = 64 * 2**20
"""Room that uploads leave for the store."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True)
class PhotoFolder:
    """The folder that holds all photos of a store."""

    root: Path

    def require_room(self, size: int) -> None:
        """Raises StorageFull unless so many bytes fit."""
        with _on_disk():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.root).free < size + RESERVE_BYTES:
            raise StorageFull(_SENTENCE)

    def received(self, upload: str) -> int:
        """How many bytes of the upload are here."""
        try:
            return self._part(upload).stat().st_size
        except FileNotFoundError:
            return 0

    def append(self, upload: str, offset: int, chunk: bytes) -> int:
        """Writes the bytes that begin at `offset` and returns how many there are now.

        Raises Conflict when that is not where the upload ends: an older connection that was thought
        dead may still be writing the same bytes.
        """
        with _on_disk(), self._opened(upload) as file:
            if os.fstat(file).st_size != offset:
                raise Conflict(f"The upload does not end at byte {offset}; ask where it does.")
            done = 0
            while done < len(chunk):
                done += os.pwrite(file, chunk[done:], offset + done)
            return offset + done

    def settle(self, upload: str) -> None:
        """Returns once what was received is on the disk."""
        with _on_disk(), self._opened(upload) as file:
            os.fsync(file)

    def cut(self, upload: str, size: int) -> None:
        """Takes back what came after the first `size` bytes."""
        with _on_disk(), self._opened(upload) as file:
            os.ftruncate(file, min(size, os.fstat(file).st_size))

    def content(self, upload: str) -> bytes:
        """All that was received; raises Conflict where it was made a photo meanwhile."""
        try:
            return self._part(upload).read_bytes()
        except FileNotFoundError:
            raise Conflict("The upload was finished meanwhile; ask how far it is.") from None

    def drop(self, upload: str) -> None:
        """Forgets the upload's bytes."""
        self._part(upload).unlink(missing_ok=True)

    def keep(self, content: bytes) -> str:
        """The SHA-256 under which the picture can be read from now on."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if path.exists():
            return digest
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        with _on_disk():
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                with fresh.open("wb") as file:
                    file.write(content)
                    file.flush()
                    os.fsync(file.fileno())
                fresh.rename(path)
            except OSError:
                fresh.unlink(missing_ok=True)
                raise
            _settle_folder(path.parent)
        return digest

    def path(self, digest: str) -> Path:
        """Where the picture with that SHA-256 is kept."""
        return self.root / digest[:2] / f"{digest}.jpg"

    def _part(self, upload: str) -> Path:
        return self.root / "incoming" / upload

    @contextmanager
    def _opened(self, upload: str) -> Iterator[int]:
        """The part of the upload, for one writer at a time."""
        part = self._part(upload)
        part.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(part, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield file
        finally:
            os.close(file)


_SENTENCE = (
    "The server's disk is full; nothing that was acknowledged is lost. "
    "Keep it and send it again later."
)


@contextmanager
def _on_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StorageFull(_SENTENCE) from None
        raise


def _settle_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
