// Reports as a file: off a phone that will find no network, onto a machine that has one.
import { t } from "../js/i18n.js";
import { photosOf, report, save } from "./depot.js";
import { State } from "./outbox.js";

const FORM = "reliefmap-field-reports";

const asText = (blob) => new Promise((done, fail) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result);
  reader.onerror = () => fail(reader.error);
  reader.readAsDataURL(blob);
});

function asBlob(text) {
  const [head, body] = text.split(",", 2);
  const [, type] = /^data:(image\/(?:jpeg|png|webp));base64$/.exec(head) ?? [];
  if (!type) throw new Error("not a photo");
  return new Blob([Uint8Array.from(atob(body), (character) => character.codePointAt(0))], { type });
}

/** Hands out a file with these reports and their photos. */
export async function exportReports(entries) {
  const items = await Promise.all(entries.map(async (entry) => ({
    report: entry, photos: await Promise.all((await photosOf(entry.id)).map(async ({ blob, ...photo }) => ({ ...photo, data: await asText(blob) }))),
  })));
  const file = new Blob([JSON.stringify({ form: FORM, version: 1, items })], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `${t("transfer.file")}-${new Date().toISOString().slice(0, 16).replace(/[:T]/g, "")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

/** Takes the reports of such a file into the outbox, as their own; `{taken, known}`. Throws for another file. */
export async function importReports(file) {
  const { form, items } = JSON.parse(await file.text());
  if (form !== FORM || !Array.isArray(items)) throw new Error("another file");
  const read = items.map(({ report: entry, photos }) => ({
    entry: { ...entry, state: State.SAVED, reason: null, author: null, carried_for: entry.author ?? entry.carried_for ?? null },
    photos: photos.map(({ data, ...photo }) => ({ ...photo, blob: asBlob(data) })),
  }));
  let taken = 0;
  for (const { entry, photos } of read) {
    if (await report(entry.id)) continue;
    await save(entry, photos);
    taken += 1;
  }
  return { taken, known: read.length - taken };
}
