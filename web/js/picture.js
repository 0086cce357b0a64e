// A still picture of the map for paper: the style's own layers, drawn once and kept as an image.
import { FONTS, mapLibrary } from "./map.js";
import { styleOf } from "./style.js";
import { addSymbol } from "./symbols.js";

const SHARPNESS = 3;

/** The address of an image of these layers, as large as `host`; the map itself is gone again. */
export async function pictureOf(app, host, shown) {
  const [library, style] = await Promise.all([mapLibrary(), styleOf(app)]);
  const visible = new Set(app.store.get("legend").filter(({ id }) => shown.includes(id)).flatMap(({ layers }) => layers));
  const layers = style.layers.filter(({ id, type }) => type === "background" || visible.has(id))
    .map((layer) => ({ ...layer, layout: { ...layer.layout, visibility: "visible" } }));
  const map = new library.Map({
    container: host, style: { ...style, layers }, bounds: style.metadata.bounds, fitBoundsOptions: { padding: 14 }, interactive: false,
    attributionControl: false, fadeDuration: 0, localIdeographFontFamily: FONTS, pixelRatio: SHARPNESS, canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  map.setMissingStyleImageResolver((id) => addSymbol(map, id));
  map.on("error", () => {}); // a tile that can't be had leaves its place empty
  await new Promise((resolve) => { map.once("idle", resolve); });
  const image = map.getCanvas().toDataURL("image/png");
  map.remove();
  return image;
}
