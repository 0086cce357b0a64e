// Where the phone is, and which township and village that is, found with no network.
import { kept } from "./depot.js";

const GOOD_M = 25;
const EARTH_M = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Metres between two places along the sphere: within 0.6 % of the ellipsoid, enough for "nearest". */
export function metres([lon, lat], [lon2, lat2]) {
  const a = Math.sin(radians(lat2 - lat) / 2) ** 2
    + Math.cos(radians(lat)) * Math.cos(radians(lat2)) * Math.sin(radians(lon2 - lon) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(a)));
}

/** Whether the ring goes round the place, by the number of its sides east of it. */
function inRing([x, y], ring) {
  let inside = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [[x1, y1], [x2, y2]] = [ring[i], ring[j]];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside;
  }
  return inside;
}

function inGeometry(place, { type, coordinates }) {
  const polygons = type === "Polygon" ? [coordinates] : type === "MultiPolygon" ? coordinates : [];
  return polygons.some(([outer, ...holes]) => inRing(place, outer) && !holes.some((hole) => inRing(place, hole)));
}

/** `{township, village, village_m}` at a place, from what was prepared for offline; null without that. */
export async function namesAt(lon, lat) {
  const pack = await kept("pack");
  if (!pack) return null;
  const township = pack.townships.find(({ geometry }) => geometry && inGeometry([lon, lat], geometry));
  let nearest = null;
  let nearest_m = Infinity;
  for (const village of pack.villages) {
    const away = village.geometry ? metres([lon, lat], village.geometry.coordinates) : Infinity;
    if (away < nearest_m) [nearest, nearest_m] = [village, away];
  }
  return { township: township?.properties ?? null, village: nearest?.properties ?? null, village_m: nearest_m };
}

/**
 * Follows the phone's position and tells each better or newer fix: `onfix({lon, lat, accuracy_m, at})`.
 * `onfail(reason)` hears `denied`, `unavailable` or `insecure`. Returns how to stop.
 */
export function followPosition(onfix, onfail) {
  if (!window.isSecureContext || !navigator.geolocation) {
    onfail("insecure");
    return () => {};
  }
  let best = null;
  const watch = navigator.geolocation.watchPosition(({ coords, timestamp }) => {
    const fix = { lon: coords.longitude, lat: coords.latitude, accuracy_m: Math.round(coords.accuracy), at: timestamp };
    const moved = best && metres([fix.lon, fix.lat], [best.lon, best.lat]) > best.accuracy_m;
    if (best && fix.accuracy_m > best.accuracy_m && fix.accuracy_m > GOOD_M && !moved) return;
    best = fix;
    onfix(fix);
  }, (error) => onfail(error.code === error.PERMISSION_DENIED ? "denied" : "unavailable"), { enableHighAccuracy: true, maximumAge: 5000, timeout: 30000 });
  return () => navigator.geolocation.clearWatch(watch);
}
