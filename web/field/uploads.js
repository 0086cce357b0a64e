// Photos on their way, by the tus protocol: each goes on at the byte where it broke off.
import { amend, putPhoto } from "./depot.js";

const PIECE = 64 * 1024; // what a bar of signal carries in a few seconds; more would be lost with it

/** The digest of the photo, by which the server holds what came; none where this browser has no digests. */
async function digestOf(blob) {
  if (!crypto.subtle) return undefined;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends the photos that are not there yet; the code of what stopped it, or null when all are. */
export async function sendPhotos(entry, photos, there, onprogress) {
  for (const photo of photos.filter(({ sent }) => !sent)) {
    const sha256 = await digestOf(photo.blob);
    const known = sha256 && there.some((one) => one.sha256 === sha256);
    const problem = known ? null : await upload(entry, { ...photo, sha256 }, onprogress);
    if (problem) return problem;
    photo.sent = true;
    await putPhoto({ ...photo, upload: undefined });
    await amend(entry.id, { photos_sent: photos.filter(({ sent }) => sent).length });
    onprogress();
  }
  return null;
}

function upload(entry, photo, onprogress) {
  return new Promise((done) => {
    const transfer = new window.tus.Upload(photo.blob, {
      endpoint: `/api/events/${encodeURIComponent(entry.event)}/field-reports/${entry.id}/photos`,
      uploadUrl: photo.upload ?? null,
      chunkSize: PIECE,
      retryDelays: [1000, 3000],
      storeFingerprintForResuming: false,
      headers: { "X-Requested-With": "reliefmap" },
      metadata: metadataOf(photo),
      onUploadUrlAvailable: async () => {
        photo.upload = transfer.url;
        await putPhoto(photo);
      },
      onProgress: onprogress,
      onSuccess: () => done(null),
      onError: (error) => done(codeOf(error)),
    });
    transfer.start();
  });
}

function metadataOf({ id, name, sha256, lon, lat, taken_at }) {
  const all = { id, filename: name, filetype: "image/jpeg", sha256, lon, lat, taken_at };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]));
}

function codeOf({ originalResponse }) {
  const status = originalResponse?.getStatus() ?? 0;
  if (status === 401) return "sign_in";
  if (status === 507) return "server_full";
  return status >= 400 && status < 500 ? "photo_refused" : "link_lost";
}
