// The page that explains to a phone how to trust this server; it works before anybody signs in.
import { byId, h } from "./dom.js";

const IS_IOS = /iPhone|iPad|iPod/.test(navigator.userAgent);
const IS_ANDROID = /Android/.test(navigator.userAgent);
const SYSTEM = IS_IOS ? "ios" : IS_ANDROID ? "android" : "desktop";

function addressItem({ address }) {
  const link = h("a", { href: `${address}/report` }, `${address}/report`);
  return h("li", {}, link);
}

function codeOf({ name }) {
  const image = h("img", { src: `/install/qr.svg?name=${encodeURIComponent(name)}`, alt: name, width: 220, height: 220 });
  return h("figure", {}, image, h("figcaption", {}, name));
}

function show({ names, authority_sha256 }) {
  byId("digest").textContent = authority_sha256;
  byId("addresses").append(...names.map(addressItem));
  byId("codes").append(...names.map(codeOf));
  document.querySelector(`[data-system="${SYSTEM}"]`).open = true;
  byId("trusted").hidden = location.protocol !== "https:" || !navigator.serviceWorker;
}

const state = await (await fetch("/install/state")).json();
byId("steps").hidden = !state.https;
byId("missing").hidden = state.https;
if (state.https) show(state);
document.body.dataset.ready = "true";
