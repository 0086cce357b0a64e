"""Which header of a file stands for which column of a layer."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import orjson

from geo.import_layers import LAT_HEADERS, LON_HEADERS, ImportLayer
from geo.readers.encoding import uncut
from relief.errors import Fault, InvalidInput

_MAPPING_FORM = Fault(
    "?mapping", 'Write {"their header": "our column"}, with null to leave a header out.'
)
# Units that leave the meaning of a header as it is; hectares or kilometres would not.
_UNIT = re.compile(r"\((人|人数|户|m|米|m2|平方米|度|°|年)\)$")


def mapping_of_json(text: str) -> dict[str, str | None]:
    """The mapping that `text` writes; raises InvalidInput when it is no JSON object of texts."""
    try:
        mapping = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidInput(f"The mapping is no JSON: {error}.", [_MAPPING_FORM]) from None
    if isinstance(mapping, dict) and all(isinstance(v, str | None) for v in mapping.values()):
        return {header: column or None for header, column in mapping.items()}
    raise InvalidInput("The mapping is no JSON object of texts.", [_MAPPING_FORM])


def header_by_column(
    headers: list[str],
    layer: ImportLayer,
    mapping: Mapping[str, str | None],
    *,
    places: bool,
    cut_in: str | None = None,
) -> dict[str, str]:
    """The header that gives each column; `places` says that the file carries geometries itself.

    `cut_in` is the encoding in which the file had to cut its headers after ten bytes, if it had.

    `mapping` (their header: our column, or None to leave it out) goes before the words known.
    Raises InvalidInput for a mapping that fits neither side, for two headers of one column, and
    for a column that the layer needs and the file lacks.
    """
    _check_mapping(headers, layer, mapping)
    known = _known_headers(layer)
    if cut_in:
        known = _cut_headers(known, cut_in) | known
    found: dict[str, str] = {header: column for header, column in mapping.items() if column}
    for header in headers:
        column = known.get(_plain(header))
        if header not in mapping and column and column not in mapping.values():
            found[header] = column
    chosen: dict[str, str] = {}
    for header, column in found.items():
        if column in chosen:
            raise InvalidInput(
                f"'{chosen[column]}' and '{header}' both give {column}: choose by the mapping."
            )
        chosen[column] = header
    _require_columns(chosen, layer, places=places)
    return chosen


def _known_headers(layer: ImportLayer) -> dict[str, str]:
    place = {"lon": LON_HEADERS, "lat": LAT_HEADERS} if layer.shape == "Point" else {}
    known = {_plain(header): name for name, headers in place.items() for header in headers}
    for column in layer.columns:
        known |= dict.fromkeys(map(_plain, (column.name, *column.headers)), column.name)
    return known


def _cut_headers(known: Mapping[str, str], encoding: str) -> dict[str, str]:
    """The headers as they stand after ten bytes, those left out that may be either of two."""
    columns: dict[str, set[str]] = {}
    for header, column in known.items():
        columns.setdefault(uncut(header.encode(encoding)[:10], encoding), set()).add(column)
    return {header: of.pop() for header, of in columns.items() if len(of) == 1}


def _plain(header: str) -> str:
    """A header without width, case, blanks, the star of a required field, and its plain unit."""
    narrow = unicodedata.normalize("NFKC", header).lower()
    return _UNIT.sub("", re.sub(r"[\s*]", "", narrow))


def _check_mapping(
    headers: list[str], layer: ImportLayer, mapping: Mapping[str, str | None]
) -> None:
    faults = [
        Fault(f"/mapping/{header}", f"The file has no header '{header}'.")
        for header in mapping
        if header not in headers
    ]
    faults += [
        Fault(f"/mapping/{header}", f"{layer.name} has no column '{column}'.")
        for header, column in mapping.items()
        if column and column not in layer.column_names
    ]
    if faults:
        raise InvalidInput(
            f"The mapping does not fit. The file's headers are {', '.join(headers)}; "
            f"the columns are {', '.join(layer.column_names)}.",
            faults,
        )


def _require_columns(chosen: Mapping[str, str], layer: ImportLayer, *, places: bool) -> None:
    if layer.shape != "Point" and not places:
        raise InvalidInput(f"{layer.name} are lines or polygons: send them as GeoJSON.")
    needed = {c.name: c.headers for c in layer.columns if c.required}
    if layer.shape == "Point" and not places:
        needed |= {"lon": LON_HEADERS[1:], "lat": LAT_HEADERS[1:]}
    faults = [
        Fault(name, f"No header gives {name} ({'、'.join(others[:3])}).")
        for name, others in needed.items()
        if name not in chosen
    ]
    if faults:
        raise InvalidInput(
            f"The file lacks columns that {layer.name} need; name them, or send a mapping.", faults
        )
