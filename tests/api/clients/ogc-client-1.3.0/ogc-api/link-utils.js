import { EndpointError } from "../common/errors.js";
import { sharedFetch } from "../common/http-utils.js";
import { getParentPath } from "../common/url-utils.js";
function fetchDocument(url) {
  const urlObj = new URL(url, globalThis.location.toString());
  urlObj.searchParams.set("f", "json");
  return sharedFetch(urlObj.toString(), "GET", true).then((resp) => {
    if (!resp.ok) {
      throw new Error(`The document at ${urlObj} could not be fetched.`);
    }
    return resp.clone().json().catch((e) => {
      throw new Error(
        `The document at ${urlObj} does not appear to be valid JSON. Error was: ${e.message}`
      );
    });
  });
}
function checkIsLandingPage(doc) {
  return hasLinks(doc, ["service-doc", "service-desc"]) && hasLinks(doc, [
    "conformance",
    "http://www.opengis.net/def/rel/ogc/1.0/conformance"
  ]);
}
function fetchRoot(url) {
  return fetchDocument(url).then((doc) => {
    if (!checkIsLandingPage(doc)) {
      const parentUrl = getParentPath(url);
      if (!parentUrl) {
        throw new Error(
          `Could not find a root JSON document containing both a link with rel='data' and a link with rel='service-desc' (or 'service-doc').`
        );
      }
      return fetchRoot(parentUrl);
    }
    return doc;
  });
}
function fetchCollectionRoot(url) {
  return fetchDocument(url).then((doc) => {
    if (checkIsLandingPage(doc)) {
      return null;
    }
    let parentUrl = getParentPath(url);
    if (hasLinks(doc, ["items"])) {
      return doc;
    }
    if ("collections" in doc) {
      const urlObj = new URL(parentUrl);
      if (!urlObj.pathname.endsWith("/")) {
        urlObj.pathname = `${urlObj.pathname}/`;
      }
      parentUrl = urlObj.toString();
    }
    return fetchCollectionRoot(parentUrl);
  });
}
function getLinks(doc, relType, mimeType, assertPresence) {
  let links = doc.links?.filter(
    (link) => Array.isArray(relType) ? relType.indexOf(link.rel) > -1 : link.rel === relType
  ) || [];
  if (mimeType) {
    links = links.filter((link) => link.type === mimeType);
  }
  if (assertPresence && links.length === 0) {
    if (!mimeType) {
      throw new EndpointError(
        `Was expecting at least one link of type '${relType}' but could not find any`
      );
    }
    throw new EndpointError(
      `Was expecting at least one link of type '${relType}' with mime type '${mimeType}' but could not find any`
    );
  }
  return links;
}
function getLinkUrl(doc, relType, baseUrl, mimeType, assertPresence) {
  const link = getLinks(doc, relType, mimeType, assertPresence)[0];
  if (!link)
    return null;
  return new URL(
    link.href,
    baseUrl || globalThis.location.toString()
  ).toString();
}
async function fetchLink(doc, relType, baseUrl) {
  const url = getLinkUrl(doc, relType, baseUrl, void 0, true);
  return fetchDocument(url);
}
function hasLinks(doc, relType) {
  const url = getLinkUrl(doc, relType);
  return !!url;
}
function assertHasLinks(doc, relType) {
  if (!hasLinks(doc, relType))
    throw new EndpointError(`Could not find link with type: ${relType}`);
}
export {
  assertHasLinks,
  fetchCollectionRoot,
  fetchDocument,
  fetchLink,
  fetchRoot,
  getLinkUrl,
  getLinks,
  hasLinks
};
