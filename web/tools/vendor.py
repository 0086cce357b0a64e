"""Checks web/vendor against its lock, or brings in another version of a vendored package.

    python web/tools/vendor.py check
    python web/tools/vendor.py fetch maplibre-gl 6.17.0

`fetch` asks npm (`npm pack`) for the published package, keeps the files named in FILES and writes
their digests into web/vendor/LOCK.json. Nothing is built, nothing is edited on the way.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

VENDOR = Path(__file__).resolve().parent.parent / "vendor"
LOCK = VENDOR / "LOCK.json"

FILES = {
    "maplibre-gl": (
        "dist/maplibre-gl.mjs",
        "dist/maplibre-gl-worker.mjs",
        "dist/maplibre-gl.css",
        "LICENSE.txt",
    ),
    "leaflet": ("dist/leaflet.js", "dist/leaflet.css", "LICENSE"),
    "idb": ("build/index.js", "LICENSE"),
    "tus-js-client": ("dist/tus.min.js", "LICENSE"),
    "exifreader": ("dist/exif-reader.js", "LICENSE"),
}


def digest(content: bytes) -> str:
    """The SHA-256 of `content` in hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def faults() -> list[str]:
    """One sentence for each vendored file that is missing, changed or not in the lock."""
    locked = {
        f"{name}-{entry['version']}/{file}": sha
        for name, entry in json.loads(LOCK.read_text(encoding="utf-8")).items()
        for file, sha in entry["files"].items()
    }
    present = {
        path.relative_to(VENDOR).as_posix(): digest(path.read_bytes())
        for path in VENDOR.rglob("*")
        if path.is_file() and path != LOCK
    }
    return [
        f"{path}: {'is missing' if path not in present else 'differs from the lock'}"
        for path, sha in locked.items()
        if present.get(path) != sha
    ] + [f"{path}: is not in the lock" for path in present.keys() - locked.keys()]


def fetched(name: str, version: str) -> dict[str, Any]:
    """The lock entry of `name` at `version`, whose files now lie in web/vendor."""
    target = VENDOR / f"{name}-{version}"
    target.mkdir(parents=True, exist_ok=True)
    files = {}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, check=True)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            manifest = json.loads(_content(package, "package.json"))
            for file in FILES[name]:
                content = _content(package, file)
                path = target / Path(file).name
                path.write_bytes(content)
                files[path.name] = digest(content)
    return {"version": version, "licence": manifest["license"], "files": files}


def _content(package: tarfile.TarFile, file: str) -> bytes:
    member = package.extractfile(f"package/{file}")
    if member is None:
        raise SystemExit(f"The package holds no {file}.")
    return member.read()


def main(arguments: list[str]) -> int:
    """Exit code 0 when web/vendor is what its lock says."""
    if arguments[:1] == ["fetch"] and len(arguments) == 3:
        lock = json.loads(LOCK.read_text(encoding="utf-8")) if LOCK.exists() else {}
        lock[arguments[1]] = fetched(*arguments[1:])
        LOCK.write_text(json.dumps(lock, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    elif arguments != ["check"]:
        sys.stderr.write(__doc__ or "")
        return 2
    wrong = faults()
    sys.stdout.writelines(f"{line}\n" for line in wrong or ["web/vendor is as its lock says."])
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
