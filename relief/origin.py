"""Where a figure came from: the reports that stated it, area by area."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from relief.impact import Number


@dataclass(frozen=True)
class Origin:
    """One report's share in a figure: `value` is what it stated for `admin_area`."""

    report: str
    admin_area: str
    value: Number


Origins: TypeAlias = Mapping[str, Sequence[Origin]]
"""Indicator code -> the reports behind it."""


class Provenance:
    """The origins of all figures, ready to be asked for one measure."""

    def __init__(self, origins: Origins | None = None) -> None:
        self._origins = origins or {}
        self._by_area: dict[tuple[str, str], list[Origin]] = defaultdict(list)
        for code, stated in self._origins.items():
            for origin in stated:
                self._by_area[code, origin.admin_area].append(origin)

    def behind(self, codes: Iterable[str], admin_area: str | None = None) -> list[dict[str, Any]]:
        """The reports behind these indicators, of one area alone where it is given, as JSON."""
        if not self._origins:
            return []
        return [
            {
                "indicator": code,
                "report": origin.report,
                "area": origin.admin_area,
                "value": origin.value,
            }
            for code in codes
            for origin in self._of(code, admin_area)
        ]

    def _of(self, code: str, admin_area: str | None) -> Sequence[Origin]:
        if admin_area is None:
            return self._origins.get(code, ())
        return self._by_area.get((code, admin_area), ())
