"""An office that sends its registers as files: what the tests of imports share."""

import csv
import io
from collections.abc import Mapping
from typing import Any, ClassVar

import openpyxl
import orjson
import pytest

from geo.database import Connection
from geo.imports import ImportOptions, ImportResult, import_file

# Two counties side by side, meeting at 113.5 E; one township of the eastern one is known.
OUTLINES = {
    "140321": ("平定县", "county", 113.0, 113.5),
    "140322": ("盂县", "county", 113.5, 114.0),
    "140322001": ("秀水镇", "township", 113.5, 113.6),
}


class Office:
    """Writes files in each format, imports them, and looks at what the store holds then."""

    HEADER: ClassVar = ["编号", "名称", "经度", "纬度", "级别", "容量"]
    SCHOOL: ClassVar = ["S1", "一中", 113.2, 37.5, "县级", 500]

    def __init__(self, conn: Connection) -> None:
        self.conn = conn

    async def imports(
        self, layer: str, content: bytes, name: str = "rows.csv", **options: Any
    ) -> ImportResult:
        """What importing the file did."""
        return await import_file(self.conn, layer, name, content, ImportOptions(**options))

    async def refusals(self, layer: str, content: bytes, **options: Any) -> list[Any]:
        """Row, column and reason of each refused row; sure that nothing was stored."""
        result = await self.imports(layer, content, **options)
        assert not result.stored
        assert await self.rows(layer) == []
        return [(r.row, r.column, r.reason) for r in result.refusals]

    async def rows(self, table: str, columns: str = "*") -> list[dict[str, Any]]:
        """The rows of a table by id."""
        statement = f"SELECT {columns} FROM {table} ORDER BY id"
        return await (await self.conn.execute(statement)).fetchall()  # type: ignore[arg-type]

    def shelters(self, *rows: list[Any]) -> bytes:
        """A CSV register of shelters."""
        return self.csv(self.HEADER, *rows)

    @staticmethod
    def csv(*rows: list[Any]) -> bytes:
        """A CSV file of these rows, the header first."""
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        return text.getvalue().encode()

    @staticmethod
    def xlsx(*rows: list[Any]) -> bytes:
        """The same as a workbook."""
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in rows:
            sheet.append(row)
        stored = io.BytesIO()
        book.save(stored)
        return stored.getvalue()

    @staticmethod
    def geojson(*features: tuple[Any, Mapping[str, Any]], **members: Any) -> bytes:
        """A FeatureCollection of (geometry, properties)."""
        written = [{"type": "Feature", "geometry": g, "properties": p} for g, p in features]
        return orjson.dumps({"type": "FeatureCollection", "features": written, **members})


@pytest.fixture
async def office(conn: Connection) -> Office:
    """An office in a store that knows a prefecture, two counties and a township, 37 to 38 N."""
    await conn.execute(
        "INSERT INTO admin_areas (code, level, parent, name, source) VALUES"
        " ('14', 'province', NULL, '山西省', 'test'),"
        " ('1403', 'prefecture', '14', '阳泉市', 'test')"
    )
    for code, (name, level, west, east) in OUTLINES.items():
        parent = code[:6] if level == "township" else "1403"
        await conn.execute(
            "INSERT INTO admin_areas (code, level, parent, name, geom, source) VALUES"
            " (%s, %s, %s, %s, ST_Multi(ST_MakeEnvelope(%s, 37, %s, 38, 4490)), 'test')",
            [code, level, parent, name, west, east],
        )
    return Office(conn)
