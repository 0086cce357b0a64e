// Choosing a division by typing: its name, its code, or the first letters of its name in pinyin.
import { fill, h } from "./dom.js";
import { t } from "./i18n.js";

const MOST = 8;

/** The first character of each letter's stretch in the order of pinyin, and the letters. */
const FIRSTS = [..."阿八嚓哒妸发旮哈讥咔垃痳拏噢妑七呥扨它穵夕丫帀"];
const LETTERS = [..."abcdefghjklmnopqrstwxyz"];
const pinyinOrder = new Intl.Collator("zh-CN-u-co-pinyin");

/** The initials of a Chinese name: `平定县` -> `pdx`; other characters stay as they are. */
export const initials = (name) => [...name.toLowerCase()].map((character) => {
  if (!/\p{Script=Han}/u.test(character)) return character;
  const place = FIRSTS.findLastIndex((first) => pinyinOrder.compare(first, character) <= 0);
  return LETTERS[place] ?? character;
}).join("");

/** The counties first, then the whole event's division, then the townships: `{area, name, kind}`. */
export function reportingPlaces(store) {
  const event = store.get("events")?.find(({ id }) => id === store.get("event"));
  const within = store.get("session")?.admin_area ?? "";
  const named = (list, kind) => (list?.areas ?? []).map(({ area, name }) => ({ area, name, kind }));
  const whole = event ? [{ area: event.area, name: t("report.whole", { area: event.area }), kind: "whole" }] : [];
  return [...named(store.get("casualties"), "county"), ...whole, ...named(store.get("townships"), "township")]
    .filter(({ area }) => area.startsWith(within));
}

function matches(places, typed) {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return places.filter(({ kind }) => kind !== "township").slice(0, MOST);
  return places.filter(({ area, name }) => name.toLowerCase().includes(wanted) || area.startsWith(wanted) || initials(name).startsWith(wanted)).slice(0, MOST);
}

/** What is being typed into such a box at this moment, which the one drawn in its place goes on with. */
const underHand = () => (document.activeElement?.matches("[role=combobox][data-typed]") ? document.activeElement.value : null);

/** The box to type in; `onchoose` hears the place that was meant. Enter takes the first match. */
export function placeBox({ places, value, onchoose }) {
  const typed = underHand();
  let found = [];
  let chosen = 0;
  const list = h("ul", { id: "report-places", role: "listbox", hidden: true });
  const input = h("input", { type: "text", role: "combobox", value: typed ?? value, autocomplete: "off", spellcheck: "false", placeholder: t("report.area_example"),
    aria: { controls: "report-places", expanded: "false", autocomplete: "list" },
    onfocus: () => input.select(),
    oninput: () => {
      input.dataset.typed = "";
      show(input.value);
    }, onkeydown: (event) => key(event),
    onblur: () => setTimeout(() => { list.hidden = true; }, 150) });

  function show(typed) {
    found = matches(places, typed);
    chosen = 0;
    mark();
  }

  function mark() {
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    if (found.length) input.setAttribute("aria-activedescendant", `report-place-${chosen}`);
    fill(list, found.map((place, index) => h("li", { role: "option", id: `report-place-${index}`, aria: { selected: String(index === chosen) },
      onmousedown: () => choose(place) }, place.name, h("small", {}, place.area))));
  }

  function choose(place) {
    delete input.dataset.typed;
    onchoose(place);
  }

  function key(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && list.hidden) show("");
    else if (by) {
      chosen = (chosen + by + found.length) % Math.max(found.length, 1);
      mark();
    } else if (event.key === "Enter" || (event.key === "Tab" && !event.shiftKey && !list.hidden)) {
      if (list.hidden) return;
      event.preventDefault();
      event.stopPropagation();
      if (found[chosen]) choose(found[chosen]);
      return;
    } else return;
    event.preventDefault();
  }

  if (typed !== null) {
    input.dataset.typed = "";
    show(typed);
  }
  return { input, list };
}
