"""One file around a store's archive, the pictures that it names, and a list of both at its end."""

from __future__ import annotations

import hashlib
import io
import re
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from relief.errors import InvalidInput

_ARCHIVE, _CONTENTS = "store.dump", "contents.json"
_PICTURE = re.compile(r"photos/([0-9a-f]{64})\.jpg")


@dataclass(frozen=True)
class Pack:
    """A pack that was opened: its archive as a file of its own, and what the list says."""

    path: Path
    archive: Path
    contents: Mapping[str, Any]

    def pictures(self) -> Iterator[bytes]:
        """Every picture; raises InvalidInput for one that isn't what its name says."""
        with _read(self.path) as pack:
            for member in pack:
                if named := _PICTURE.fullmatch(member.name):
                    content = _content(pack, member)
                    if hashlib.sha256(content).hexdigest() != named[1]:
                        raise _damaged(self.path, f"the photo {named[1][:12]}… has changed")
                    yield content


def write_pack(
    path: Path, archive: Path, pictures: Iterable[tuple[str, Path]], contents: Mapping[str, Any]
) -> None:
    """Writes the pack to a file that is there and empty; pictures are (SHA-256, file)."""
    with tarfile.open(path, "w", format=tarfile.PAX_FORMAT) as pack:
        _add(pack, _ARCHIVE, archive)
        for digest, picture in pictures:
            _add(pack, f"photos/{digest}.jpg", picture)
        told = orjson.dumps(dict(contents))
        last = tarfile.TarInfo(_CONTENTS)
        last.size = len(told)
        pack.addfile(last, io.BytesIO(told))


def _add(pack: tarfile.TarFile, name: str, file: Path) -> None:
    """The file under that name, without its owner or time."""
    member = tarfile.TarInfo(name)
    member.size = file.stat().st_size
    with file.open("rb") as content:
        pack.addfile(member, content)


@contextmanager
def opened_pack(path: Path) -> Iterator[Pack]:
    """The pack with its archive in a temporary folder; raises InvalidInput for what is none."""
    with tempfile.TemporaryDirectory(prefix="reliefmap-restore-") as folder:
        archive, contents = Path(folder, _ARCHIVE), None
        with _read(path) as pack:
            for member in pack:
                if not member.isreg():
                    raise _damaged(path, f"{member.name[:80]} is no file")
                if member.name == _ARCHIVE:
                    _unpack(pack, member, archive)
                elif member.name == _CONTENTS:
                    contents = orjson.loads(_content(pack, member))
        if contents is None or not archive.exists():
            raise _damaged(path, "its end is missing")
        yield Pack(path, archive, contents)


@contextmanager
def _read(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:") as pack:
            yield pack
    except (tarfile.TarError, orjson.JSONDecodeError) as error:
        raise _damaged(path, str(error)) from None


def _unpack(pack: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    source = pack.extractfile(member)
    assert source is not None
    with target.open("wb") as file:
        while chunk := source.read(2**20):
            file.write(chunk)
    if target.stat().st_size != member.size:
        raise tarfile.ReadError("it ends too early")


def _content(pack: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    source = pack.extractfile(member)
    assert source is not None
    content = source.read()
    if len(content) != member.size:
        raise tarfile.ReadError("it ends too early")
    return content


def _damaged(path: Path, why: str) -> InvalidInput:
    return InvalidInput(f"{path.name} is no backup of this program, or it is damaged: {why}.")
