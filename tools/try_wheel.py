"""Fails unless the wheel installed in the folder named by the argument runs by itself."""

import sys
from importlib import import_module
from importlib.resources import files
from pathlib import Path

from api import cli
from geo.migration import migrations

PACKAGES = ("relief", "geo", "layers", "api", "web", "data")
NEEDED = {
    "web": "index.html",
    "relief": "plans/yangquan-2026.toml",
    "data": "boundaries/SOURCES.md",
}

site = Path(sys.argv[1]).resolve()
for package in PACKAGES:
    folder = Path(str(files(import_module(package))))
    assert folder.is_relative_to(site), f"{package} comes from {folder}, not from the wheel"
for package, name in NEEDED.items():
    assert files(package).joinpath(name).is_file(), f"the wheel lacks {package}/{name}"
assert migrations(), "the wheel lacks the migrations"
cli.parser()
