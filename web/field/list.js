// The first screen: six kinds to tap, and under them what was written here and what became of it.
import { newKey } from "../js/api.js";
import { byId, fill, h } from "../js/dom.js";
import { number, t } from "../js/i18n.js";
import { amend, drop, putPhoto, reports } from "./depot.js";
import { KINDS } from "./kinds.js";
import { sendNow, State, waits } from "./outbox.js";
import { exportReports } from "./transfer.js";
import { clockWords, gist, placeWords, reasonWords } from "./words.js";

const LARGEST_PHOTO = 32 * 2 ** 20;

/** Shows the screen; `onkind(kind)` and `onedit(entry)` open the form. */
export async function showList({ onkind, onedit, session }) {
  const all = await reports();
  const open = all.filter((entry) => entry.state !== State.SENT);
  fill(byId("screen"),
    h("nav", { class: "kinds", aria: { label: t("kinds.title") } }, Object.keys(KINDS).map((kind) => h("button", { type: "button", class: "kind", data: { kind }, onclick: () => onkind(kind) },
      h("img", { src: `/static/symbols/field-${kind}.svg`, alt: "", width: 44, height: 44 }), t(`kind.${kind}`)))),
    h("section", { class: "outbox", aria: { label: t("outbox.title") } },
      h("div", { class: "heading" }, h("h2", {}, t("outbox.title"), h("small", {}, t("outbox.counts", { open: number(open.length), sent: number(all.length - open.length) }))),
        open.some(waits) && h("button", { type: "button", id: "send", onclick: sendNow }, t("outbox.send"))),
      all.length ? h("ul", {}, all.map((entry) => item(entry, { onedit, session }))) : h("p", { class: "empty" }, t("outbox.empty"))));
}

function item(entry, { onedit, session }) {
  const foreign = entry.author && session?.label && entry.author !== session.label && waits(entry);
  return h("li", { data: { id: entry.id, state: entry.state } },
    h("img", { src: `/static/symbols/field-${entry.kind}.svg`, alt: t(`kind.${entry.kind}`), width: 32, height: 32 }),
    h("div", { class: "what" }, h("strong", {}, gist(entry)), h("span", {}, `${placeWords(entry)} · ${clockWords(entry.observed_at)}`),
      entry.reason && h("span", { class: "reason" }, reasonWords(entry.reason)),
      foreign && h("span", { class: "reason" }, t("outbox.foreign", { author: entry.author })),
      entry.flags?.length > 0 && entry.state === State.SENT && h("span", { class: "flags" }, entry.flags.map((flag) => t(`flag.${flag}`)).join("；"))),
    badge(entry),
    h("div", { class: "row" }, actions(entry, { onedit, session, foreign })));
}

function badge(entry) {
  const photos = entry.photos_sent ? ` ${t("outbox.photos_sent", { sent: number(entry.photos_sent) })}` : "";
  const words = entry.received && waits(entry) ? t("outbox.photos_wait") : t(`state.${entry.state}`);
  return h("span", { class: "badge", data: { state: entry.state } }, words, entry.state === State.SENT ? "" : photos);
}

function actions(entry, { onedit, session, foreign }) {
  const untouched = entry.state === State.REFUSED || !entry.tries;
  return [
    foreign && h("button", { type: "button", onclick: () => amend(entry.id, { author: session.label }).then(sendNow) }, t("outbox.as_mine")),
    untouched && entry.state !== State.SENT && h("button", { type: "button", class: "edit", onclick: () => onedit(entry) }, t("outbox.edit")),
    entry.state !== State.SENT && h("button", { type: "button", class: "export", onclick: () => exportReports([entry]) }, t("outbox.export")),
    entry.state === State.SENT && entry.photos_sent > 0 && originals(entry),
    h("button", { type: "button", class: "delete", onclick: () => remove(entry) }, t("outbox.delete")),
  ];
}

/** The gallery keeps the photos as they were taken: a second copy here would fill the phone. */
function originals(entry) {
  const id = `originals-${entry.id}`;
  return h("label", { class: "button", for: id }, t("outbox.originals"),
    h("input", { type: "file", id, accept: "image/jpeg,image/png,image/webp", multiple: true, onchange: ({ target }) => addOriginals(entry, [...target.files]) }));
}

async function addOriginals(entry, files) {
  const small = files.filter(({ size }) => size <= LARGEST_PHOTO);
  for (const file of small) await putPhoto({ id: newKey(), report: entry.id, blob: file, name: file.name, sent: false, original: true });
  if (small.length < files.length) alert(t("photo.too_large"));
  if (small.length) await amend(entry.id, { state: State.SAVED, reason: null }).then(sendNow);
}

async function remove(entry) {
  if (entry.state !== State.SENT && !confirm(t("outbox.delete_sure"))) return;
  await drop(entry.id);
  document.dispatchEvent(new Event("outbox"));
}
