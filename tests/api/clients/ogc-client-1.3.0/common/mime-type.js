function isMimeTypeJson(mimeType) {
  return mimeType.toLowerCase().indexOf("json") > -1;
}
function isMimeTypeGeoJson(mimeType) {
  return /geo.?json/.test(mimeType);
}
function isMimeTypeJsonFg(mimeType) {
  return /json.?fg|fg.?json/.test(mimeType);
}
export {
  isMimeTypeGeoJson,
  isMimeTypeJson,
  isMimeTypeJsonFg
};
