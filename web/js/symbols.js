// Signs and hatches of the style: each is a drawing in /static/symbols, rasterised when first asked for.

const SCALE = 2;
export const symbolAddress = (id) => `/static/symbols/${encodeURIComponent(id)}.svg`;

/** Gives the map the image that its style names; the same file stands in the legend. */
export async function addSymbol(map, id) {
  const image = new Image();
  image.src = symbolAddress(id);
  await image.decode();
  const [width, height] = [image.naturalWidth * SCALE, image.naturalHeight * SCALE];
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0, width, height);
  if (!map.hasImage(id)) map.addImage(id, context.getImageData(0, 0, width, height), { pixelRatio: SCALE });
}
