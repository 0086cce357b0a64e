// Boxes and points of GeoJSON, lon before lat.

function* positions(coordinates) {
  if (typeof coordinates[0] === "number") yield coordinates;
  else for (const part of coordinates) yield* positions(part);
}

function* allPositions(geometry) {
  if (geometry?.type === "GeometryCollection") for (const part of geometry.geometries) yield* allPositions(part);
  else if (geometry?.coordinates?.length) yield* positions(geometry.coordinates);
}

/** [west, south, east, north] of a geometry. */
export function boxOf(geometry) {
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const [lon, lat] of allPositions(geometry)) {
    west = Math.min(west, lon);
    south = Math.min(south, lat);
    east = Math.max(east, lon);
    north = Math.max(north, lat);
  }
  return [west, south, east, north];
}

/** The middle of the box, as a point to hang a mark on. */
export function middleOf(geometry) {
  const [west, south, east, north] = boxOf(geometry);
  return [(west + east) / 2, (south + north) / 2];
}
