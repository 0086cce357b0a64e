import {
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
  parseTileMatrixSets
} from "./info.js";
import {
  fetchCollectionRoot,
  fetchDocument,
  fetchLink,
  fetchRoot,
  getLinks,
  getLinkUrl,
  hasLinks
} from "./link-utils.js";
import { EndpointError } from "../common/errors.js";
import {
  isMimeTypeGeoJson,
  isMimeTypeJson,
  isMimeTypeJsonFg
} from "../common/mime-type.js";
import { getChildPath } from "../common/url-utils.js";
class OgcApiEndpoint {
  /**
   * Creates a new OGC API endpoint.
   * @param baseUrl Base URL used to query the endpoint. Note that this can point to nested
   * documents inside the endpoint, such as `/collections`, `/collections/items` etc.
   */
  constructor(baseUrl) {
    this.baseUrl = baseUrl;
  }
  // these are cached results because the getters rely on HTTP requests; to avoid
  // unhandled promise rejections the getters are evaluated lazily
  root_;
  conformance_;
  data_;
  tileMatrixSetsFull_;
  styles_;
  get root() {
    if (!this.root_) {
      this.root_ = fetchRoot(this.baseUrl).catch((e) => {
        throw new Error(`The endpoint appears non-conforming, the following error was encountered:
${e.message}`);
      });
    }
    return this.root_;
  }
  get conformance() {
    if (!this.conformance_) {
      this.conformance_ = this.root.then(
        (root) => fetchLink(
          root,
          ["conformance", "http://www.opengis.net/def/rel/ogc/1.0/conformance"],
          this.baseUrl
        )
      );
    }
    return this.conformance_;
  }
  get collectionsUrl() {
    return this.root.then(
      (root) => getLinkUrl(
        root,
        ["data", "http://www.opengis.net/def/rel/ogc/1.0/data"],
        this.baseUrl
      )
    );
  }
  get data() {
    if (!this.data_) {
      this.data_ = this.collectionsUrl.then((url) => {
        if (!url)
          return null;
        return fetchDocument(url).then(async (data) => {
          const singleCollection = await fetchCollectionRoot(this.baseUrl);
          if (singleCollection !== null && Array.isArray(data.collections)) {
            data.collections = data.collections.filter(
              (collection) => collection.id === singleCollection.id
            );
          }
          return data;
        });
      });
    }
    return this.data_;
  }
  get tileMatrixSetsFull() {
    if (!this.tileMatrixSetsFull_) {
      this.tileMatrixSetsFull_ = this.root.then(async (root) => {
        if (!await this.hasTiles)
          return [];
        return fetchLink(
          root,
          ["http://www.opengis.net/def/rel/ogc/1.0/tiling-schemes"],
          this.baseUrl
        ).then(parseTileMatrixSets);
      });
    }
    return this.tileMatrixSetsFull_;
  }
  get styles() {
    if (!this.styles_) {
      this.styles_ = this.root.then(async (root) => {
        if (!await this.hasStyles)
          return void 0;
        return fetchLink(
          root,
          ["styles", "http://www.opengis.net/def/rel/ogc/1.0/styles"],
          this.baseUrl
        );
      });
    }
    return this.styles_;
  }
  /**
   * A Promise which resolves to the endpoint information.
   */
  get info() {
    return this.root.then(parseEndpointInfo);
  }
  /**
   * A Promise which resolves to an array of conformance classes.
   */
  get conformanceClasses() {
    return this.conformance.then(parseConformance);
  }
  /**
   * A Promise which resolves to an array of all collection identifiers as strings.
   */
  get allCollections() {
    return this.data.then(
      (dataDocument) => dataDocument ? parseCollections(dataDocument) : []
    );
  }
  /**
   * A Promise which resolves to an array of records collection identifiers as strings.
   */
  get recordCollections() {
    return Promise.all([this.data, this.hasRecords]).then(([data, hasRecords]) => hasRecords ? data : { collections: [] }).then(parseCollections).then((collections) => collections.filter((c) => c.hasRecords)).then((collections) => collections.map((collection) => collection.name));
  }
  /**
   * A Promise which resolves to an array of feature collection identifiers as strings.
   */
  get featureCollections() {
    return Promise.all([this.data, this.hasFeatures]).then(([data, hasFeatures]) => hasFeatures ? data : { collections: [] }).then(parseCollections).then((collections) => collections.filter((c) => c.hasFeatures)).then((collections) => collections.map((collection) => collection.name));
  }
  /**
   * A Promise which resolves to an array of vector tile collection identifiers as strings.
   */
  get vectorTileCollections() {
    return Promise.all([this.data, this.hasTiles]).then(([data, hasTiles]) => hasTiles ? data : { collections: [] }).then(parseCollections).then(
      (collections) => collections.filter((collection) => collection.hasVectorTiles)
    ).then((collections) => collections.map((collection) => collection.name));
  }
  /**
   * A Promise which resolves to an array of map tile collection identifiers as strings.
   */
  get mapTileCollections() {
    return Promise.all([this.data, this.hasTiles]).then(([data, hasTiles]) => hasTiles ? data : { collections: [] }).then(parseCollections).then(
      (collections) => collections.filter((collection) => collection.hasMapTiles)
    ).then((collections) => collections.map((collection) => collection.name));
  }
  /**
   * A Promise which resolves to a boolean indicating whether the endpoint offer tiles.
   */
  get hasTiles() {
    return this.conformanceClasses.then(checkTileConformance);
  }
  /**
   * A Promise which resolves to a boolean indicating whether the endpoint offer styles.
   */
  get hasStyles() {
    return this.conformanceClasses.then(checkStyleConformance);
  }
  /**
   * A Promise which resolves to a boolean indicating whether the endpoint offer feature collections.
   */
  get hasFeatures() {
    return Promise.all([
      this.data.then((data) => data ? data.collections : []),
      this.conformanceClasses
    ]).then(checkHasFeatures);
  }
  /**
   * A Promise which resolves to a boolean indicating whether the endpoint offer record collections.
   */
  get hasRecords() {
    return Promise.all([
      this.data.then((data) => data ? data.collections : []),
      this.conformanceClasses
    ]).then(checkHasRecords);
  }
  /**
   * Retrieve the tile matrix sets identifiers advertised by the endpoint. Empty if tiles are not supported
   */
  get tileMatrixSets() {
    return this.tileMatrixSetsFull.then((sets) => sets.map((set) => set.id));
  }
  getCollectionDocument(collectionId) {
    return Promise.all([this.allCollections, this.data]).then(([collections, data]) => {
      if (!collections.find((collection) => collection.name === collectionId))
        throw new EndpointError(`Collection not found: ${collectionId}`);
      return data.collections.find(
        (collection) => collection.id === collectionId
      );
    }).then(async (collection) => {
      if (hasLinks(collection, ["self"])) {
        return fetchLink(collection, "self", this.baseUrl);
      }
      return fetchDocument(
        getChildPath(await this.collectionsUrl, collectionId)
      );
    });
  }
  async getStyleMetadataDocument(styleId, collectionId) {
    const doc = collectionId ? await this.getCollectionDocument(collectionId) : await this.root;
    const stylesLinkJson = getLinkUrl(
      doc,
      ["styles", "http://www.opengis.net/def/rel/ogc/1.0/styles"],
      this.baseUrl,
      "application/json"
    );
    const stylesLink = getLinkUrl(
      doc,
      ["styles", "http://www.opengis.net/def/rel/ogc/1.0/styles"],
      this.baseUrl
    );
    const styleData = await fetchDocument(
      stylesLinkJson ?? stylesLink
    );
    if (!styleData.styles.some((style) => style.id === styleId)) {
      throw new EndpointError(`Style not found: "${styleId}".`);
    }
    const styleDoc = styleData?.styles?.find((style) => style.id === styleId);
    if (hasLinks(styleDoc, ["describedby"])) {
      return fetchLink(styleDoc, "describedby", this.baseUrl);
    } else {
      return styleDoc;
    }
  }
  /**
   * Returns a promise resolving to a document describing the specified collection.
   * @param collectionId
   */
  async getCollectionInfo(collectionId) {
    const collectionDoc = await this.getCollectionDocument(collectionId);
    const baseInfo = parseBaseCollectionInfo(collectionDoc);
    const [queryables, sortables, tilesetsVector, tilesetsMap] = await Promise.all([
      fetchLink(
        collectionDoc,
        ["queryables", "http://www.opengis.net/def/rel/ogc/1.0/queryables"],
        this.baseUrl
      ).then(parseCollectionParameters).catch(() => []),
      fetchLink(
        collectionDoc,
        ["sortables", "http://www.opengis.net/def/rel/ogc/1.0/sortables"],
        this.baseUrl
      ).then(parseCollectionParameters).catch(() => []),
      fetchLink(
        collectionDoc,
        ["http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"],
        this.baseUrl
      ).then((tilesetDoc) => tilesetDoc.tilesets).catch(() => []),
      fetchLink(
        collectionDoc,
        ["http://www.opengis.net/def/rel/ogc/1.0/tilesets-map"],
        this.baseUrl
      ).then((tilesetDoc) => tilesetDoc.tilesets).catch(() => [])
    ]);
    const tileMatrixSetsFull = await this.tileMatrixSetsFull;
    const supportedTileMatrixSets = tilesetsVector.map(
      (tileset) => tileMatrixSetsFull.find((set) => set.uri === tileset.tileMatrixSetURI)?.id
    ).filter(Boolean);
    const firstTilesetVector = tilesetsVector[0];
    let vectorTileFormats = [];
    if (firstTilesetVector) {
      const tilesetUrl = getLinkUrl(
        firstTilesetVector,
        "self",
        this.baseUrl,
        void 0,
        true
      );
      const tilesetDoc = await fetchDocument(tilesetUrl);
      vectorTileFormats = getLinks(tilesetDoc, "item").map((link) => link.type);
    }
    const firstTilesetMap = tilesetsMap[0];
    let mapTileFormats = [];
    if (firstTilesetMap) {
      const tilesetUrl = getLinkUrl(
        firstTilesetMap,
        "self",
        this.baseUrl,
        void 0,
        true
      );
      const tilesetDoc = await fetchDocument(tilesetUrl);
      mapTileFormats = getLinks(tilesetDoc, "item").map((link) => link.type);
    }
    return {
      ...baseInfo,
      queryables,
      sortables,
      mapTileFormats,
      vectorTileFormats,
      supportedTileMatrixSets
    };
  }
  /**
   * Returns a promise resolving to an array of items from a collection with the given query parameters.
   * @param collectionId
   * @param [limit]
   * @param [offset]
   * @param [skipGeometry]
   * @param [sortBy]
   * @param [boundingBox]
   * @param [properties]
   * @param [dateTime] See OGC requirement: https://docs.ogc.org/is/17-069r3/17-069r3.html#_parameter_datetime
   * @param [query] Freeform query string appended to the URL when fetching items (will be URL-encoded if necessary)
   */
  getCollectionItems(collectionId, limit = 10, offset = 0, skipGeometry = null, sortBy = null, boundingBox = null, properties = null, dateTime = null, query = null) {
    return this.getCollectionItemsUrl(collectionId, {
      extent: boundingBox,
      limit: limit !== null ? limit : void 0,
      offset: offset !== null ? offset : void 0,
      skipGeometry: skipGeometry !== null ? skipGeometry : void 0,
      sortBy: sortBy !== null ? sortBy : void 0,
      properties: properties !== null ? properties : void 0,
      dateTime: dateTime !== null ? dateTime : void 0,
      query: query !== null ? query : void 0,
      asJson: true
    }).then(fetchDocument).then((doc) => doc.features);
  }
  /**
   * Returns a promise resolving to a specific item from a collection.
   * @param collectionId
   * @param itemId
   */
  getCollectionItem(collectionId, itemId) {
    return this.getCollectionDocument(collectionId).then((collectionDoc) => {
      const url = new URL(
        getLinkUrl(collectionDoc, "items", this.baseUrl),
        globalThis.location.toString()
      );
      url.pathname += `/${itemId}`;
      return url.toString();
    }).then(fetchDocument);
  }
  /**
   * Asynchronously retrieves a URL for the items of a specified collection, with optional query parameters.
   * @param collectionId - The unique identifier for the collection.
   * @param options - An object containing optional parameters:
   *  - query: Additional query parameters to be included in the URL.
   *  - asJson: Will query items as GeoJson or JSON-FG if available; takes precedence on `outputFormat`.
   *  - outputFormat: The MIME type for the output format.
   *  - limit: The maximum number of features to include.
   *  - extent: Bounding box to limit the features.
   *  - offset: Pagination offset for the returned results.
   *  - outputCrs: Coordinate Reference System code for the output.
   *  - extentCrs: Coordinate Reference System code for the bounding box.
   *  - skipGeometry: whether to include geometry in the response or not
   *  - sortBy: attributes by which to sort
   *  - properties: which properties to include in the response.
   *  - dateTime: Date parameter, either as a Date object or a range object with start and end properties.
   * @returns A promise that resolves to the URL as a string or rejects if an error occurs.
   */
  getCollectionItemsUrl(collectionId, options = {}) {
    return this.getCollectionDocument(collectionId).then((collectionDoc) => {
      const baseUrl = this.baseUrl || "";
      const itemLinks = getLinks(collectionDoc, "items", void 0, true);
      let linkWithFormat = itemLinks.find(
        (link) => link.type === options?.outputFormat
      );
      let url;
      if (options.asJson) {
        linkWithFormat = itemLinks.find((link) => isMimeTypeJsonFg(link.type)) || itemLinks.find((link) => isMimeTypeGeoJson(link.type)) || itemLinks.find((link) => isMimeTypeJson(link.type));
      }
      if (options?.outputFormat && !linkWithFormat) {
        console.warn(
          `[ogc-client] The following output format type was not found in the collection '${collectionId}': ${options.outputFormat}`
        );
        url = new URL(itemLinks[0].href, baseUrl);
        url.searchParams.set("f", options.outputFormat);
      } else if (linkWithFormat) {
        url = new URL(linkWithFormat.href, baseUrl);
      } else {
        url = new URL(itemLinks[0].href, baseUrl);
      }
      if (options.limit !== void 0)
        url.searchParams.set("limit", options.limit.toString());
      if (options.offset !== void 0)
        url.searchParams.set("offset", options.offset.toString());
      if (options.skipGeometry !== void 0)
        url.searchParams.set("skipGeometry", options.skipGeometry.toString());
      if (options.sortBy !== void 0)
        url.searchParams.set("sortby", options.sortBy.join(",").toString());
      if (options.properties !== void 0)
        url.searchParams.set(
          "properties",
          options.properties.join(",").toString()
        );
      if (options.dateTime !== void 0) {
        const dateTime = options.dateTime;
        url.searchParams.set(
          "datetime",
          dateTime instanceof Date ? dateTime.toISOString() : `${"start" in dateTime ? dateTime.start.toISOString() : ".."}/${"end" in dateTime ? dateTime.end.toISOString() : ".."}`
        );
      }
      if (options.outputCrs !== void 0)
        url.searchParams.set("crs", options.outputCrs);
      if (options.extent?.length > 0)
        url.searchParams.set("bbox", options.extent.join(",").toString());
      if (options.extentCrs !== void 0)
        url.searchParams.set("bbox-crs", options.extentCrs);
      if (options.query !== void 0)
        url.search += (url.search ? "&" : "") + encodeURI(options.query);
      return url.toString();
    }).catch((error) => {
      console.error("Error fetching collection items URL:", error);
      throw error;
    });
  }
  /**
   * Asynchronously retrieves a URL to render a specified collection as vector tiles, with a given tile matrix set.
   * @param collectionId - The unique identifier for the collection.
   * @param tileMatrixSet - The identifier of the tile matrix set to use. Default is 'WebMercatorQuad'.
   */
  getVectorTilesetUrl(collectionId, tileMatrixSet = "WebMercatorQuad") {
    return this.getCollectionDocument(collectionId).then(async (collectionDoc) => {
      const collectionTilesLink = getLinkUrl(
        collectionDoc,
        "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector",
        this.baseUrl
      );
      const collectionTiles = await fetchDocument(collectionTilesLink);
      const matrixSet = (await this.tileMatrixSetsFull).find(
        (set) => set.id === tileMatrixSet
      );
      if (!matrixSet) {
        throw new Error(
          `The following tile matrix set does not exist on this endpoint: '${tileMatrixSet}'.`
        );
      }
      const tileset = collectionTiles.tilesets.find(
        (tileset2) => tileset2.tileMatrixSetURI === matrixSet.uri
      );
      if (!tileset) {
        throw new Error(
          `The collection '${collectionId}' does not support the tile matrix set '${tileMatrixSet}'.`
        );
      }
      const tilesetUrl = getLinkUrl(tileset, "self", this.baseUrl);
      if (!tilesetUrl) {
        throw new Error("No links found for the tileset");
      }
      return tilesetUrl;
    }).catch((error) => {
      console.error("Error fetching collection tileset URL:", error.message);
      throw error;
    });
  }
  /**
   * Asynchronously retrieves a URL to render a specified collection as map tiles, with a given tile matrix set.
   * @param collectionId - The unique identifier for the collection.
   * @param tileMatrixSet - The identifier of the tile matrix set to use. Default is 'WebMercatorQuad'.
   */
  getMapTilesetUrl(collectionId, tileMatrixSet = "WebMercatorQuad") {
    return this.getCollectionDocument(collectionId).then(async (collectionDoc) => {
      const collectionTilesLink = getLinkUrl(
        collectionDoc,
        "http://www.opengis.net/def/rel/ogc/1.0/tilesets-map",
        this.baseUrl
      );
      const collectionTiles = await fetchDocument(collectionTilesLink);
      const matrixSet = (await this.tileMatrixSetsFull).find(
        (set) => set.id === tileMatrixSet
      );
      if (!matrixSet) {
        throw new Error(
          `The following tile matrix set does not exist on this endpoint: '${tileMatrixSet}'.`
        );
      }
      const tileset = collectionTiles.tilesets.find(
        (tileset2) => tileset2.tileMatrixSetURI === matrixSet.uri
      );
      if (!tileset) {
        throw new Error(
          `The collection '${collectionId}' does not support the tile matrix set '${tileMatrixSet}'.`
        );
      }
      const tilesetUrl = getLinkUrl(tileset, "self", this.baseUrl);
      if (!tilesetUrl) {
        throw new Error("No links found for the tileset");
      }
      return tilesetUrl;
    }).catch((error) => {
      console.error("Error fetching collection tileset URL:", error.message);
      throw error;
    });
  }
  /**
   * A Promise which resolves to an array of all style items. This includes the supported style formats.
   * @param collectionId - Optional unique identifier for the collection.
   */
  async allStyles(collectionId) {
    const doc = collectionId ? await this.getCollectionDocument(collectionId) : await this.root;
    const stylesLink = getLinkUrl(
      doc,
      ["styles", "http://www.opengis.net/def/rel/ogc/1.0/styles"],
      this.baseUrl,
      void 0,
      true
    );
    const styleData = await fetchDocument(stylesLink);
    return styleData.styles.map(parseBasicStyleInfo);
  }
  /**
   * Returns a promise resolving to a document describing the style. Looks for a relation of type
   * "describedby" to fetch metadata. If no relation is found, only basic info will be returned.
   * @param styleId - The style identifier
   * @param collectionId - Optional unique identifier for the collection.
   */
  async getStyle(styleId, collectionId) {
    const metadataDoc = await this.getStyleMetadataDocument(
      styleId,
      collectionId
    );
    if (!metadataDoc?.stylesheets) {
      return parseBasicStyleInfo(metadataDoc);
    }
    return parseFullStyleInfo(metadataDoc);
  }
  /**
   * Returns a promise resolving to a stylesheet URL for a given style and type.
   * @param styleId - The style identifier
   * @param mimeType - Stylesheet MIME type
   * @param collectionId - Optional unique identifier for the collection.
   */
  async getStylesheetUrl(styleId, mimeType, collectionId) {
    const stylesDoc = await this.getStyleMetadataDocument(
      styleId,
      collectionId
    );
    if (stylesDoc.stylesheets) {
      return stylesDoc?.stylesheets?.find(
        (s) => s.link.type === mimeType && s.link.rel === "stylesheet"
      )?.link?.href;
    }
    return getLinkUrl(stylesDoc, "stylesheet", this.baseUrl, mimeType, true);
  }
}
export {
  OgcApiEndpoint as default
};
