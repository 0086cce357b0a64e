"""The process that reads strangers' files can open nothing else by them."""

import os
import subprocess
import sys

from geo.readers.drivers import SKIPPED


def test_gdal_has_no_driver_but_the_two_that_are_needed() -> None:
    script = "import pyogrio; print(*sorted(pyogrio.list_drivers()), sep=',')"
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=os.environ | {"GDAL_SKIP": SKIPPED},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "ESRI Shapefile,GPKG"
