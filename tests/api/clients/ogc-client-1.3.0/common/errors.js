import {
  findChildElement,
  getElementAttribute,
  getElementName,
  getElementText,
  getRootElement,
  stripNamespace
} from "../common/xml-utils.js";
class EndpointError extends Error {
  constructor(message, httpStatus, isCrossOriginRelated) {
    super(message);
    this.httpStatus = httpStatus;
    this.isCrossOriginRelated = isCrossOriginRelated;
    this.name = "EndpointError";
  }
}
class ServiceExceptionError extends Error {
  /**
   * Constructor
   * @param message Error message
   * @param requestUrl URL which resulted in the ServiceException
   * @param code Optional ServiceException code
   * @param locator Optional ServiceException locator
   * @param response Optional response content received
   */
  constructor(message, requestUrl, code, locator, response) {
    super(message);
    this.requestUrl = requestUrl;
    this.code = code;
    this.locator = locator;
    this.response = response;
    this.name = "ServiceExceptionError";
  }
}
function parse(serviceException, url) {
  const errorCode = getElementAttribute(serviceException, "code") || getElementAttribute(serviceException, "exceptionCode");
  const errorLocator = getElementAttribute(serviceException, "locator");
  const textElement = findChildElement(serviceException, "ExceptionText") || serviceException;
  const errorMessage = getElementText(textElement).trim();
  return new ServiceExceptionError(
    errorMessage,
    url,
    errorCode,
    errorLocator,
    serviceException.document
  );
}
function check(response, url) {
  const rootEl = getRootElement(response);
  const rootElName = stripNamespace(getElementName(rootEl));
  if (rootElName === "ServiceExceptionReport") {
    const error = findChildElement(rootEl, "ServiceException");
    if (error) {
      throw parse(error, url);
    }
  }
  if (rootElName === "ExceptionReport") {
    const error = findChildElement(rootEl, "Exception");
    if (error) {
      throw parse(error, url);
    }
  }
  return response;
}
function encodeError(error) {
  const base = {
    message: error.message,
    stack: error.stack,
    name: error.name
  };
  if (error instanceof ServiceExceptionError) {
    return {
      ...base,
      code: error.code,
      locator: error.locator,
      response: error.response,
      requestUrl: error.requestUrl
    };
  }
  if (error instanceof EndpointError) {
    return {
      ...base,
      httpStatus: error.httpStatus,
      isCrossOriginRelated: error.isCrossOriginRelated
    };
  }
  return base;
}
function decodeError(error) {
  if (error.name === "ServiceExceptionError") {
    const e2 = new ServiceExceptionError(
      error.message,
      error.requestUrl,
      error.code,
      error.locator,
      error.response
    );
    e2.stack = error.stack;
    return e2;
  }
  if (error.name === "EndpointError") {
    const e2 = new EndpointError(
      error.message,
      error.httpStatus,
      error.isCrossOriginRelated
    );
    e2.stack = error.stack;
    return e2;
  }
  const e = new Error(error.message);
  e.stack = error.stack;
  return e;
}
export {
  EndpointError,
  ServiceExceptionError,
  check,
  decodeError,
  encodeError,
  parse
};
