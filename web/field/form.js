// The form of one report: place first, one tap for the kind, one for the grade, one to save.
import { newKey } from "../js/api.js";
import { byId, fill, h } from "../js/dom.js";
import { t } from "../js/i18n.js";
import { isFull, kept, photosOf, save } from "./depot.js";
import { KINDS, MOST_PHOTOS } from "./kinds.js";
import { State } from "./outbox.js";
import { photoOf } from "./photos.js";
import { pinByHand } from "./pin.js";
import { followPosition, namesAt } from "./place.js";
import { placeWords } from "./words.js";

const STEP = 1;
const MOST = 9_999_999;

/** Shows the form for a new report of `kind`, or for one that has not gone; `done()` when it is over. */
export async function showForm({ kind, entry, done }) {
  const draft = entry ? structuredClone(entry) : await blank(kind);
  const photos = entry ? await photosOf(entry.id) : [];
  const stop = entry?.location || draft.pinned ? () => {} : followPosition((fix) => onFix(fix), (reason) => onFail(reason));
  const close = () => { stop(); done(); };
  render();

  async function onFix(fix) {
    if (draft.pinned) return;
    draft.location = { lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracy_m };
    await nameIt();
  }

  function onFail(reason) {
    if (draft.location) return;
    draft.failed = reason;
    renderPlace();
  }

  async function nameIt() {
    draft.names = draft.location ? await namesAt(draft.location.lon, draft.location.lat) : null;
    renderPlace();
  }

  async function pin() {
    const place = await pinByHand(draft.location);
    if (!place) return;
    Object.assign(draft, { location: place, pinned: true });
    await nameIt();
  }

  function renderPlace() {
    const host = byId("place");
    if (!host) return;
    fill(host, h("div", {}, h("strong", {}, draft.location ? placeWords(draft) : t(draft.failed ? `place.${draft.failed}` : "place.waiting"))),
      h("button", { type: "button", id: "pin", onclick: pin }, t("place.pin")));
  }

  function render() {
    const asks = KINDS[draft.kind];
    fill(byId("screen"), h("form", { class: "report", novalidate: true, onsubmit: submit },
      h("div", { class: "heading" }, h("button", { type: "button", id: "back", onclick: close, aria: { label: t("form.back") } }, "←"), h("h1", {}, t(`kind.${draft.kind}`))),
      h("section", { id: "place", class: "place", aria: { live: "polite" } }),
      asks.grades && choices("grade", asks.grades, (grade) => t(`grade.${grade}`), "grade"),
      asks.passable && choices("passable", asks.passable, (passable) => t(passable ? "road.passable" : "road.blocked"), "road"),
      asks.hazards && choices("hazard", asks.hazards.map((hazard) => t(`hazard.${hazard}`)), (hazard) => hazard, "hazard"),
      asks.needs && several("needs", asks.needs.map((need) => t(`need.${need}`))),
      h("section", { class: "photos", id: "photos" }), // before what is typed: four taps need no scrolling
      (asks.figures ?? []).map(stepper),
      h("label", { class: "text" }, t("form.text"), h("textarea", { id: "text", rows: 2, maxlength: 4000, value: draft.text ?? "", oninput: (event) => { draft.text = event.target.value; } })),
      h("p", { id: "refusal", class: "refusal", role: "alert", hidden: true }),
      h("div", { class: "save" }, h("button", { type: "submit", id: "save", class: "primary" }, t("form.save")))));
    renderPlace();
    renderPhotos();
  }

  /** One of several large buttons; the one chosen can be taken back. */
  function choices(member, values, words, name) {
    const buttons = values.map((value) => h("button", { type: "button", class: "choice", data: { value: String(value) }, aria: { pressed: String(draft.details[member] === value) },
      onclick: () => {
        draft.details[member] = draft.details[member] === value ? undefined : value;
        for (const button of buttons) button.setAttribute("aria-pressed", String(button.dataset.value === String(draft.details[member])));
      } }, words(value)));
    return h("div", { class: "choices", role: "group", aria: { label: t(`${name}.title`) } }, buttons);
  }

  function several(member, values) {
    draft.details[member] ??= [];
    return h("div", { class: "choices", role: "group", aria: { label: t("need.title") } }, values.map((value) => h("button", {
      type: "button", class: "choice", aria: { pressed: String(draft.details[member].includes(value)) },
      onclick: (event) => {
        const had = draft.details[member].includes(value);
        draft.details[member] = had ? draft.details[member].filter((one) => one !== value) : [...draft.details[member], value];
        event.currentTarget.setAttribute("aria-pressed", String(!had));
      } }, value)));
  }

  function stepper(name) {
    const box = h("input", { type: "number", inputmode: "numeric", min: 0, max: MOST, step: 1, name, id: `figure-${name}`, value: draft.figures[name] ?? "", placeholder: "—", oninput: () => set(box.value) });
    const set = (value) => {
      if (value === "") delete draft.figures[name];
      else draft.figures[name] = Math.min(MOST, Math.max(0, Math.round(Number(value))));
    };
    const by = (step) => () => {
      set(String(Math.max(0, (draft.figures[name] ?? 0) + step)));
      box.value = draft.figures[name];
    };
    return h("div", { class: "stepper" }, h("label", { for: box.id }, t(`figure.${name}`)),
      h("button", { type: "button", onclick: by(-STEP), aria: { label: t("form.less", { what: t(`figure.${name}`) }) } }, "−"), box,
      h("button", { type: "button", onclick: by(STEP), aria: { label: t("form.more", { what: t(`figure.${name}`) }) } }, "+"));
  }

  function renderPhotos() {
    const input = (id, capture) => h("label", { class: "add", for: id }, `＋ ${t(`photo.${id}`)}`, h("input", { type: "file", id, accept: "image/*", capture, multiple: !capture, onchange: addPhotos }));
    fill(byId("photos"), photos.map((photo) => {
      const address = URL.createObjectURL(photo.blob);
      return h("figure", {}, h("img", { src: address, alt: t("photo.one"), onload: () => URL.revokeObjectURL(address) }),
        h("button", { type: "button", onclick: () => { photos.splice(photos.indexOf(photo), 1); renderPhotos(); }, aria: { label: t("photo.remove") } }, "×"),
        h("figcaption", {}, `${Math.max(1, Math.round(photo.blob.size / 1000))} kB`));
    }), photos.length < MOST_PHOTOS && [input("take", "environment"), input("pick")]);
  }

  async function addPhotos({ target }) {
    for (const file of [...target.files].slice(0, MOST_PHOTOS - photos.length)) {
      try {
        photos.push(await photoOf(file));
      } catch {
        refuse(t("photo.unreadable", { name: file.name }));
      }
    }
    const [first] = photos.filter(({ lon }) => lon !== undefined);
    if (!draft.location && first) {
      draft.location = { lon: first.lon, lat: first.lat };
      await nameIt();
    }
    renderPhotos();
  }

  function refuse(sentence) {
    byId("refusal").textContent = sentence;
    byId("refusal").hidden = false;
    byId("refusal").scrollIntoView({ block: "center" });
  }

  async function submit(event) {
    event.preventDefault();
    if (!draft.location) return refuse(t("form.no_place"));
    const { failed: _failed, ...rest } = draft;
    const area = draft.location.crs ? undefined : draft.names?.township?.code; // the server knows better what lies there
    const report = { ...rest, area, state: State.SAVED, reason: null, saved_at: new Date().toISOString() };
    try {
      await save(report, photos);
    } catch (error) {
      if (!isFull(error)) throw error;
      return refuse(t(photos.length ? "form.full_photos" : "form.full"));
    }
    return close();
  }
}

async function blank(kind) {
  const [event, session] = [await kept("event"), await kept("session")];
  return { id: newKey(), event: event.id, event_name: event.name, author: session?.label ?? null, kind, observed_at: new Date().toISOString(), location: null, figures: {}, details: {}, text: "", tries: 0 };
}
