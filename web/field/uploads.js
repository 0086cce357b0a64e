// Photos on their way, by the tus protocol: each goes on at the byte where it broke off.
import { amend, putPhoto } from "./depot.js";

const PIECE = 64 * 1024; // what a bar of signal carries in a few seconds; more would be lost with it
const PIECE_OF_ORIGINAL = 16 * PIECE; // sent where there is Wi-Fi

/** Why photos are left: none of them will ever be taken, the server has lost the report, or another try may do. */
export const Left = { REFUSED: "photo_refused", GONE: "report_gone", LATER: "link_lost", SIGN_IN: "sign_in", FULL: "server_full" };

/** The digest of the photo, by which the server holds what came; none where this browser has no digests. */
async function digestOf(blob) {
  if (!crypto.subtle) return undefined;
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends the photos that are not there yet; why some are left, or null when all are there. */
export async function sendPhotos(entry, photos, there, onprogress) {
  for (const photo of photos.filter(({ sent, refused }) => !sent && !refused)) {
    const sha256 = await digestOf(photo.blob);
    const known = sha256 && there.some((one) => one.sha256 === sha256);
    const problem = known ? null : await upload(entry, { ...photo, sha256 }, onprogress);
    if (problem && problem !== Left.REFUSED) return problem;
    Object.assign(photo, problem ? { refused: true } : { sent: true });
    await ifRoom(putPhoto({ ...photo, upload: undefined }));
    await ifRoom(amend(entry.id, { photos_sent: photos.filter(({ sent }) => sent).length }));
    onprogress();
  }
  return photos.some(({ refused }) => refused) ? Left.REFUSED : null;
}

/** A full phone can't note how far it is, and begins again where the server says. */
const ifRoom = (noted) => noted.catch(() => {});

function upload(entry, photo, onprogress) {
  return new Promise((done) => {
    const transfer = new window.tus.Upload(photo.blob, {
      endpoint: `/api/events/${encodeURIComponent(entry.event)}/field-reports/${entry.id}/photos`,
      uploadUrl: photo.upload ?? null,
      chunkSize: photo.original ? PIECE_OF_ORIGINAL : PIECE,
      retryDelays: [1000, 3000],
      storeFingerprintForResuming: false,
      headers: { "X-Requested-With": "reliefmap" },
      metadata: metadataOf(photo),
      onUploadUrlAvailable: async () => {
        photo.upload = transfer.url;
        await ifRoom(putPhoto(photo));
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
  if (status === 401) return Left.SIGN_IN;
  if (status === 404) return Left.GONE;
  if (status === 507) return Left.FULL;
  return [413, 415, 422].includes(status) ? Left.REFUSED : Left.LATER;
}
