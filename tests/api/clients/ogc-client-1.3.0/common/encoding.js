const ENCODINGS = ["utf-8", "utf-16", "iso-8859-1"];
const FALLBACK_ENCODING = "utf-8";
function extractEncoding(contentType) {
  const matches = /charset=([^;]+)/.exec(contentType);
  return matches ? matches[1] : null;
}
function decodeString(buffer, contentType) {
  const encodingHint = contentType ? extractEncoding(contentType) : null;
  const encodingAttempts = encodingHint ? [encodingHint, ...ENCODINGS] : ENCODINGS;
  for (const encoding of encodingAttempts) {
    try {
      const decoder = new TextDecoder(encoding, { fatal: true });
      return decoder.decode(buffer);
    } catch (e) {
    }
  }
  console.warn(
    `[ogc-client] XML document encoding could not be determined, falling back to ${FALLBACK_ENCODING}.`
  );
  return new TextDecoder(FALLBACK_ENCODING).decode(buffer);
}
export {
  decodeString
};
