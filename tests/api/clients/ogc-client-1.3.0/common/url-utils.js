function getParentPath(url) {
  const urlObj = new URL(url, globalThis.location.toString());
  let pathParts = urlObj.pathname.split("/");
  if (pathParts.length <= 2) {
    return null;
  }
  if (pathParts[pathParts.length - 1] === "") {
    pathParts = pathParts.slice(0, -1);
  }
  pathParts = pathParts.slice(0, -1);
  if (pathParts.length === 2 && pathParts[1] !== "") {
    pathParts.push("");
  }
  urlObj.pathname = pathParts.join("/");
  return urlObj.toString();
}
function getChildPath(url, childFragment) {
  const urlObj = new URL(url, globalThis.location.toString());
  if (urlObj.pathname.endsWith("/")) {
    urlObj.pathname += childFragment;
  } else {
    urlObj.pathname += `/${childFragment}`;
  }
  return urlObj.toString();
}
export {
  getChildPath,
  getParentPath
};
