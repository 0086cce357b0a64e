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

const RADIUS_M = 6_371_007; // the sphere that has the ellipsoid's surface
const radians = Math.PI / 180;

/** Square metres inside a ring of [lon, lat], on the sphere: a figure to draw by, the server measures. */
export function ringAreaM2(ring) {
  const sum = ring.reduce((total, [lon, lat], place) => {
    const [nextLon, nextLat] = ring[(place + 1) % ring.length];
    return total + (nextLon - lon) * radians * (2 + Math.sin(lat * radians) + Math.sin(nextLat * radians));
  }, 0);
  return Math.abs(sum) * RADIUS_M ** 2 / 2;
}

/** Metres along a line of [lon, lat]. */
export function lineLengthM(line) {
  return line.slice(1).reduce((total, to, place) => total + distanceM(line[place], to), 0);
}

export function distanceM([lon, lat], [otherLon, otherLat]) {
  const half = Math.sin((otherLat - lat) * radians / 2) ** 2
    + Math.cos(lat * radians) * Math.cos(otherLat * radians) * Math.sin((otherLon - lon) * radians / 2) ** 2;
  return 2 * RADIUS_M * Math.asin(Math.sqrt(half));
}

/** Whether two edges of a ring cross; neighbours only touch. */
export function crossesItself(ring) {
  const edges = ring.map((from, place) => [from, ring[(place + 1) % ring.length]]);
  return edges.some((one, place) => edges.some((other, later) =>
    later > place + 1 && !(place === 0 && later === edges.length - 1) && cross(one, other)));
}

const side = ([ax, ay], [bx, by], [x, y]) => Math.sign((bx - ax) * (y - ay) - (by - ay) * (x - ax));
const cross = ([a, b], [c, d]) => side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b);
