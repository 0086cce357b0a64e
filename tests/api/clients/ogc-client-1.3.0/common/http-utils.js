import { parseXmlString } from "./xml-utils.js";
import { EndpointError } from "./errors.js";
import { decodeString } from "./encoding.js";
const fetchPromises = /* @__PURE__ */ new Map();
let fetchOptions = {};
let fetchOptionsUpdateCallback = null;
function setFetchOptions(options) {
  fetchOptions = options;
  if (fetchOptionsUpdateCallback)
    fetchOptionsUpdateCallback(options);
}
function getFetchOptions() {
  return fetchOptions;
}
function resetFetchOptions() {
  fetchOptions = {};
  if (fetchOptionsUpdateCallback)
    fetchOptionsUpdateCallback({});
}
function setFetchOptionsUpdateCallback(callback) {
  fetchOptionsUpdateCallback = callback;
}
function sharedFetch(url, method = "GET", asJson) {
  let fetchKey = `${method}#${url}`;
  if (asJson) {
    fetchKey = `${method}#asJson#${url}`;
  }
  if (fetchPromises.has(fetchKey)) {
    return fetchPromises.get(fetchKey);
  }
  const options = { ...getFetchOptions() };
  options.method = method;
  if (asJson) {
    options.headers = "headers" in options ? options.headers : {};
    options.headers["Accept"] = "application/json,application/schema+json";
  }
  const promise = fetch(url, options).catch((e) => e).then((resp) => {
    fetchPromises.delete(fetchKey);
    return resp;
  });
  fetchPromises.set(fetchKey, promise);
  return promise.then((resp) => {
    if (resp instanceof Error)
      throw resp;
    return resp.clone();
  });
}
function queryXmlDocument(url) {
  return sharedFetch(url).catch(
    () => (
      // attempt a HEAD to see if the failure comes from CORS or the service is generally unreachable
      fetch(url, { ...getFetchOptions(), method: "HEAD", mode: "no-cors" }).catch((error) => {
        throw new EndpointError(
          `Fetching the document failed either due to network errors or unreachable host, error is: ${error.message}`,
          0,
          false
        );
      }).then(() => {
        throw new EndpointError(
          `The document could not be fetched due to CORS limitations`,
          0,
          true
        );
      })
    )
  ).then(async (resp) => {
    if (!resp.ok) {
      const text = await resp.text();
      throw new EndpointError(
        `Received an error with code ${resp.status}: ${text}`,
        resp.status,
        false
      );
    }
    const buffer = await resp.arrayBuffer();
    const contentTypeHeader = resp.headers.get("Content-Type");
    return decodeString(buffer, contentTypeHeader);
  }).then((xml) => parseXmlString(xml));
}
function setQueryParams(url, params) {
  const encodedUrlMatch = url.match(/(https?%3A%2F%2F[^/]+)$/);
  if (encodedUrlMatch) {
    const encodedUrl = encodedUrlMatch[1];
    const modifiedUrl = setQueryParams(decodeURIComponent(encodedUrl), params);
    return url.replace(encodedUrl, encodeURIComponent(modifiedUrl));
  }
  const urlObj = new URL(url);
  const keys = Object.keys(params);
  const keysLower = keys.map((key) => key.toLowerCase());
  const toDelete = [];
  for (const param of urlObj.searchParams.keys()) {
    if (keysLower.indexOf(param.toLowerCase()) > -1) {
      toDelete.push(param);
    }
  }
  toDelete.map((param) => urlObj.searchParams.delete(param));
  keys.forEach(
    (key) => urlObj.searchParams.set(
      key,
      params[key] === true ? "" : params[key]
    )
  );
  return urlObj.toString();
}
export {
  getFetchOptions,
  queryXmlDocument,
  resetFetchOptions,
  setFetchOptions,
  setFetchOptionsUpdateCallback,
  setQueryParams,
  sharedFetch
};
