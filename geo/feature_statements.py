"""The statements that features are read by, one for each source, system and kind of question.

Values are bound, so that a statement is composed once, and planned once by each connection.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps

from psycopg import sql as composition

from geo.selections import SQL, Identifier, Selection, Source, order_by, rows_of
from geo.served_crs import ServedCrs

Composed = composition.Composed

MOST_KEPT = 500
"""Texts of each kind: `properties` and `sortby` make as many as anybody likes."""


def composed_once(write: Callable[..., Composed]) -> Callable[..., bytes]:
    """The text of what `write(source, selection, …)` composes.

    It is kept for selections that differ in values alone; one with a filter is composed each time.
    """

    @lru_cache(MOST_KEPT)
    def kept(source: Source, blank: Selection, *more: ServedCrs) -> bytes:
        return write(source, blank, *more).as_bytes(None)

    @wraps(write)
    def text(source: Source, selection: Selection, *more: ServedCrs) -> bytes:
        if selection.filter is not None:
            return write(source, selection, *more).as_bytes(None)
        return kept(source, selection.blank, *more)

    return text


@composed_once
def page_statement(source: Source, selection: Selection, crs: ServedCrs) -> Composed:
    """(features, count, extent, whether more follow, what orders the last row) of a page.

    Parameters: those of the selection, rows, offset.
    """
    keys = [order.column for order in selection.order] + ["id"]
    return _PAGE.format(
        lasts=SQL(", ").join(
            SQL("min({}) FILTER (WHERE n = %(rows)s)").format(Identifier(f"key_{i}"))
            for i in range(len(keys))
        ),
        feature=feature_json(source, crs),
        keys=SQL(", ").join(
            SQL("{}::text AS {}").format(Identifier("f", key), Identifier(f"key_{i}"))
            for i, key in enumerate(keys)
        ),
        rows=rows_of(source, selection),
        order=order_by(selection),
    )


# The rows come in their order, which is the order that they are joined in. As bytes they need not
# be decoded to be sent.
_PAGE = composition.SQL(
    """
SELECT convert_to(string_agg(feature, ',') FILTER (WHERE n <= %(rows)s), 'UTF8'),
    count(*) FILTER (WHERE n <= %(rows)s),
    ST_Extent(geom) FILTER (WHERE n <= %(rows)s)::text,
    count(*) > %(rows)s,
    {lasts}
FROM (
    SELECT row_number() OVER () AS n, p.* FROM (
        SELECT {feature} AS feature, f.geom, {keys} {rows}
        ORDER BY {order} LIMIT %(rows)s + 1 OFFSET %(offset)s
    ) AS p
) AS numbered"""
)


@composed_once
def feature_statement(source: Source, selection: Selection, crs: ServedCrs) -> Composed:
    """(feature, digest of its row) of the rows selected."""
    statement = SQL("SELECT {}, md5(f::text) {}")
    return statement.format(feature_json(source, crs), rows_of(source, selection))


@composed_once
def extent_statement(source: Source, selection: Selection) -> Composed:
    """(number, extent) of the rows selected."""
    statement = SQL("SELECT count(*), ST_Extent(f.geom)::text {}")
    return statement.format(rows_of(source, selection))


@composed_once
def count_statement(source: Source, selection: Selection) -> Composed:
    """(number) of the rows selected."""
    return SQL("SELECT count(*) {}").format(rows_of(source, selection))


def feature_json(source: Source, crs: ServedCrs) -> Composed:
    """The expression of a row as a GeoJSON feature."""
    geometry = SQL("ST_ForcePolygonCCW({})" if source.areal else "{}").format(SQL("f.geom"))
    if not crs.geographic:
        geometry = SQL("ST_Transform({}, {})").format(geometry, crs.srid)
    if crs.northing_first:
        geometry = SQL("ST_FlipCoordinates({})").format(geometry)
    return SQL(
        """'{{"type":"Feature","id":' || to_json(f.id) || ',"geometry":'
        || coalesce(ST_AsGeoJSON({geometry}, {decimals}, 0), 'null') || ',"properties":'
        || row_to_json((SELECT p FROM (SELECT {columns}) AS p)) || '}}'"""
    ).format(
        geometry=geometry,
        decimals=crs.decimals,
        columns=SQL(", ").join(Identifier("f", name) for name in source.columns),
    )
