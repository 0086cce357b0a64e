// Photos: their position and time are read first, then they shrink, as a bar of signal carries little.
import { newKey } from "../js/api.js";

const LONGEST_SIDE = 1600;
const QUALITY = 0.72;

/** `{lon, lat, taken_at}` as far as the camera wrote them. */
async function written(file) {
  try {
    const tags = await window.ExifReader.load(file, { expanded: true });
    const { Latitude: lat, Longitude: lon } = tags.gps ?? {};
    const known = Number.isFinite(lat) && Number.isFinite(lon) && !(lat === 0 && lon === 0);
    return { ...(known ? { lon, lat } : {}), taken_at: clockOf(tags.exif) };
  } catch {
    return {}; // a photo with no such header is as good
  }
}

/** The camera's clock; it has no zone unless it says one, and then it is this phone's. */
function clockOf(exif) {
  const text = exif?.DateTimeOriginal?.description;
  if (!text) return undefined;
  const [date, time] = text.split(" ");
  const moment = new Date(`${date.replaceAll(":", "-")}T${time}${exif.OffsetTimeOriginal?.description ?? ""}`);
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
}

/** The photo as JPEG, at most LONGEST_SIDE wide or high; turned as it was held. Throws for what is no picture. */
async function shrunk(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [picture.width * scale, picture.height * scale].map(Math.round);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", QUALITY); });
  if (!blob) throw new Error("no picture");
  return blob;
}

/** What is kept of a photo: `{id, blob, name, lon?, lat?, taken_at?, sent}`. */
export async function photoOf(file) {
  const known = await written(file);
  return { id: newKey(), blob: await shrunk(file), name: file.name, ...known, sent: false };
}
