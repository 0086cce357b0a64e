"""What QGIS makes of a server's layers: run by the Python that Debian's QGIS belongs to.

    /usr/bin/python3 qgis_desktop.py URL SECRET

Prints one JSON object: ids by collection, and how many shelters its maps show.
"""

import json
import os
import sys

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis.core import (
    QgsApplication,
    QgsCoordinateReferenceSystem,
    QgsCoordinateTransform,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsNetworkAccessManager,
    QgsProject,
    QgsRectangle,
    QgsVectorLayer,
    QgsVectorTileBasicRenderer,
    QgsVectorTileBasicRendererStyle,
    QgsVectorTileLayer,
    QgsWkbTypes,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QImage


def main(url: str, secret: str) -> None:
    application = QgsApplication([], False)
    application.initQgis()
    QgsNetworkAccessManager.setRequestPreprocessor(
        lambda request: request.setRawHeader(b"Authorization", f"Bearer {secret}".encode())
    )
    told = {
        "features": {name: ids(url, name) for name in ("shelters", "counties", "households")},
        "boxed": boxed(url),
        "drawn": drawn(url),
    }
    print(json.dumps(told))
    sys.stdout.flush()
    os._exit(0)  # QGIS's own end waits for threads that are of no more use


def layer_of(url: str, name: str, more: str = "") -> QgsVectorLayer:
    layer = QgsVectorLayer(f"url='{url}' typename='{name}' {more}", name, "OAPIF")
    assert layer.isValid(), (name, layer.error().message())
    return layer


def ids(url: str, name: str) -> list[str]:
    """The ids of all features, in the order of their coming."""
    layer = layer_of(url, name)
    found = [feature for feature in layer.getFeatures() if not feature.geometry().isEmpty()]
    assert layer.featureCount() == len(found)
    return [feature["id"] for feature in found]


def boxed(url: str) -> int:
    """How many shelters lie in the view of a map, asked for by its box."""
    layer = layer_of(url, "shelters", "restrictToRequestBBOX='1'")
    view = QgsRectangle(113.0101, 37.5, 113.0201, 38)
    return sum(view.contains(f.geometry().asPoint()) for f in layer.getFeatures(view))


def drawn(url: str) -> int:
    """How many shelters a map of their tiles shows, each a dot of its own."""
    template = f"{url}/collections/shelters/tiles/WebMercatorQuad/{{z}}/{{y}}/{{x}}"
    layer = QgsVectorTileLayer(f"type=xyz&url={template}&zmin=0&zmax=14", "tiles")
    assert layer.isValid()
    style = QgsVectorTileBasicRendererStyle("dot", "shelters", QgsWkbTypes.PointGeometry)
    dot = {"name": "square", "size": "1", "size_unit": "Pixel", "outline_style": "no"}
    style.setSymbol(QgsMarkerSymbol.createSimple(dot))
    renderer = QgsVectorTileBasicRenderer()
    renderer.setStyles([style])
    layer.setRenderer(renderer)
    return sum(dots(picture(layer, west)) for west in (113.0101, 113.1101, 113.2101, 113.3101))


def picture(layer: QgsVectorTileLayer, west: float) -> QImage:
    """A tenth of a degree of the line that the shelters stand on, about 5 m a pixel."""
    south = 37.60005 + (west - 113.0101) / 2
    corner = QgsRectangle(west, south, west + 0.1, south + 0.05)
    degrees, metres = (QgsCoordinateReferenceSystem(c) for c in ("OGC:CRS84", "EPSG:3857"))
    settings = QgsMapSettings()
    settings.setLayers([layer])
    settings.setDestinationCrs(metres)
    settings.setExtent(
        QgsCoordinateTransform(degrees, metres, QgsProject.instance()).transform(corner)
    )
    settings.setOutputSize(QSize(2000, 1300))
    settings.setFlag(QgsMapSettings.Antialiasing, False)
    job = QgsMapRendererSequentialJob(settings)
    job.start()
    job.waitForFinished()
    return job.renderedImage()


def dots(image: QImage) -> int:
    """The number of groups of pixels that aren't of the background."""
    data, width, line = image.constBits(), image.width(), image.bytesPerLine()
    data.setsize(line * image.height())
    pixels = memoryview(data).cast("I")
    ground = pixels[0]
    left = {i for i, pixel in enumerate(pixels) if pixel != ground}
    steps = [y * width + x for y in (-1, 0, 1) for x in (-1, 0, 1)]
    groups = 0
    while left:
        groups += 1
        waiting = [left.pop()]
        while waiting:
            around = left & {waiting[-1] + step for step in steps}
            waiting.pop()
            left -= around
            waiting += around
    return groups


if __name__ == "__main__":
    main(*sys.argv[1:])
