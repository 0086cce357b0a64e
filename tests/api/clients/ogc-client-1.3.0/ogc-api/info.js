import {
  CollectionParameterTypes
} from "./model.js";
import { assertHasLinks } from "./link-utils.js";
import { EndpointError } from "../common/errors.js";
import {
  isMimeTypeGeoJson,
  isMimeTypeJson,
  isMimeTypeJsonFg
} from "../common/mime-type.js";
function parseEndpointInfo(rootDoc) {
  try {
    assertHasLinks(rootDoc, ["service-doc", "service-desc"]);
    assertHasLinks(rootDoc, [
      "conformance",
      "http://www.opengis.net/def/rel/ogc/1.0/conformance"
    ]);
  } catch (e) {
    throw new EndpointError(`The endpoint appears non-conforming, the following error was encountered:
${e.message}`);
  }
  return {
    title: rootDoc.title,
    description: rootDoc.description,
    attribution: rootDoc.attribution
  };
}
function parseConformance(doc) {
  return doc.conformsTo;
}
function parseCollections(doc) {
  return doc.collections.map((collection) => {
    const result = {
      name: collection.id
    };
    if (collection.itemType === "record") {
      result.hasRecords = true;
    }
    if (collection.itemType === "feature" || !collection.itemType) {
      result.hasFeatures = true;
    }
    if (collection.links.some(
      (link) => link.rel === "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
    )) {
      result.hasVectorTiles = true;
    }
    if (collection.links.some(
      (link) => link.rel === "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"
    )) {
      result.hasMapTiles = true;
    }
    return result;
  });
}
function checkTileConformance(conformance) {
  return conformance.indexOf(
    "http://www.opengis.net/spec/ogcapi-tiles-1/1.0/conf/core"
  ) > -1;
}
function checkStyleConformance(conformance) {
  return conformance.indexOf(
    "http://www.opengis.net/spec/ogcapi-styles-1/0.0/conf/core"
  ) > -1 || conformance.indexOf(
    "http://www.opengis.net/spec/ogcapi-styles-1/1.0/conf/core"
  ) > -1;
}
function checkHasRecords([collections, conformance]) {
  const classes = [
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-core",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-collection",
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/record-api"
  ];
  return (classes.every((confClass) => conformance.indexOf(confClass) > -1) || conformance.indexOf(
    "http://www.opengis.net/spec/ogcapi-records-1/1.0/conf/core"
  ) > -1) && collections.some((collection) => collection.itemType === "record");
}
function checkHasFeatures([collections, conformance]) {
  return conformance.indexOf(
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core"
  ) > -1 && collections.some((collection) => collection.itemType === "feature");
}
function parseBaseCollectionInfo(doc) {
  const { links, ...props } = doc;
  const itemFormats = links.filter((link) => link.rel === "items").map((link) => link.type);
  const bulkDownloadLinks = links.filter((link) => link.rel === "enclosure").reduce((acc, link) => {
    acc[link.type] = link.href;
    return acc;
  }, {});
  const mimeTypes = Object.keys(bulkDownloadLinks);
  const jsonMimeType = mimeTypes.find(isMimeTypeJsonFg) || mimeTypes.find(isMimeTypeGeoJson) || mimeTypes.find(isMimeTypeJson);
  const jsonDownloadLink = jsonMimeType ? bulkDownloadLinks[jsonMimeType] : null;
  return {
    itemFormats,
    bulkDownloadLinks,
    jsonDownloadLink,
    ...props
  };
}
function parseCollectionParameters(doc) {
  if ("properties" in doc && typeof doc.properties === "object") {
    return Object.keys(doc.properties).map((name) => {
      const prop = doc.properties[name];
      let type = "string";
      if (typeof prop.$ref === "string") {
        const schemaRef = prop.$ref.toLowerCase();
        if (schemaRef.indexOf("point") > -1)
          type = "point";
        else if (schemaRef.indexOf("linestring") > -1)
          type = "linestring";
        else if (schemaRef.indexOf("polygon") > -1)
          type = "polygon";
        else if (schemaRef.indexOf("geometry") > -1)
          type = "geometry";
      } else if (typeof prop.type === "string" && CollectionParameterTypes.indexOf(prop.type.toLowerCase()) > -1) {
        type = prop.type.toLowerCase();
      }
      return {
        name,
        type,
        ...typeof prop.title === "string" && { title: prop.title }
      };
    });
  }
  if (Array.isArray(doc)) {
    return doc.map((prop) => ({
      name: prop,
      type: "string"
    }));
  }
  return [];
}
function parseTileMatrixSets(doc) {
  if (Array.isArray(doc.tileMatrixSets)) {
    return doc.tileMatrixSets.map((set) => {
      return {
        id: set.id,
        uri: set.uri
      };
    });
  }
  return [];
}
function parseBasicStyleInfo(doc) {
  const formats = doc.links.filter((link) => link.rel === "stylesheet").map((link) => link.type).filter((type) => type !== "text/html");
  return {
    formats,
    id: doc.id,
    ...doc.title && { title: doc.title }
  };
}
function parseStylesAsList() {
  return (doc) => doc?.styles?.map((style) => style.id);
}
function parseFullStyleInfo(doc) {
  const { stylesheets, links, ...props } = doc;
  const stylesheetFormats = stylesheets?.filter((stylesheet) => stylesheet.link.rel === "stylesheet")?.map((stylesheet) => stylesheet.link.type);
  return {
    ...stylesheetFormats && { stylesheetFormats },
    ...stylesheets && { stylesheets },
    ...props
  };
}
export {
  checkHasFeatures,
  checkHasRecords,
  checkStyleConformance,
  checkTileConformance,
  parseBaseCollectionInfo,
  parseBasicStyleInfo,
  parseCollectionParameters,
  parseCollections,
  parseConformance,
  parseEndpointInfo,
  parseFullStyleInfo,
  parseStylesAsList,
  parseTileMatrixSets
};
