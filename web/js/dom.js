// Small words for building the page: elements, and text that stays text.

/** An element; `on…` props are listeners, `data` and `aria` are spread, children may be nested. */
export function h(tag, props = {}, ...children) {
  const element = tag.startsWith("svg:")
    ? document.createElementNS("http://www.w3.org/2000/svg", tag.slice(4))
    : document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProperty(element, name, value);
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function setProperty(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
  else if (name === "data") Object.assign(element.dataset, value);
  else if (name === "aria") for (const [key, text] of Object.entries(value)) element.setAttribute(`aria-${key}`, text);
  else if (["value", "checked", "disabled", "hidden", "required", "selected"].includes(name)) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

export const byId = (id) => document.getElementById(id);

const SAID_OF_A_FIELD = ["aria-describedby", "aria-invalid", "placeholder"];

/** Shows `children` in `host` instead of what was there, keeping the focus by element id. A field that is being
 *  typed in stays the very same one, so that neither caret nor selection is lost under somebody's hands; one with a
 *  list of its own comes anew with its list, and goes on at the same letter. */
export function fill(host, ...children) {
  const typed = host.contains(document.activeElement) ? document.activeElement : null;
  host.replaceChildren(...children.flat(Infinity).filter(Boolean));
  const fresh = typed?.id ? byId(typed.id) : null;
  if (!fresh) return;
  const stays = typed.matches("input:not([type=range], [type=checkbox], [role=combobox]), textarea") && fresh.type === typed.type && fresh.value === typed.value;
  if (stays) {
    for (const name of SAID_OF_A_FIELD) {
      if (fresh.hasAttribute(name)) typed.setAttribute(name, fresh.getAttribute(name));
      else typed.removeAttribute(name);
    }
    fresh.replaceWith(typed);
  }
  (stays ? typed : fresh).focus({ preventScroll: true });
  if (fresh.matches("[role=combobox]") && fresh.value === typed.value) fresh.setSelectionRange(typed.selectionStart, typed.selectionEnd);
}
