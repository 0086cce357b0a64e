"""The functions of filters that the standard doesn't have, as a document (OGC 19-079r2, 6.7)."""

from __future__ import annotations

from typing import Any

from geo.filters.operators import DISTANCE


def functions() -> list[dict[str, Any]]:
    """Each function with its arguments and what it returns."""
    geometries = [
        {"title": title, "type": ["geometry"]} for title in ("a geometry", "another geometry")
    ]
    return [
        {
            "name": DISTANCE.upper(),
            "description": "Whether the two lie within so many metres of each other on the ground.",
            "arguments": [*geometries, {"title": "metres, a literal", "type": ["number"]}],
            "returns": ["boolean"],
        }
    ]
