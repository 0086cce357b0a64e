import { parseXml, XmlElement } from "@rgrove/parse-xml";
class XmlParseError extends Error {
  constructor(message) {
    super(message);
  }
}
function parseXmlString(xmlString) {
  let doc = null;
  try {
    doc = parseXml(xmlString);
  } catch (e) {
    throw new XmlParseError(e.message);
  }
  return doc;
}
function stripNamespace(name) {
  const colon = name.indexOf(":");
  return colon > -1 ? name.substr(colon + 1) : name;
}
function getRootElement(xmlDoc) {
  return xmlDoc.children[0];
}
function getElementName(element) {
  return element.name || "";
}
function findChildrenElement(element, name, nested = false) {
  const strippedName = stripNamespace(name);
  function reducer(prev, curr) {
    if (stripNamespace(getElementName(curr)) === strippedName) {
      prev.push(curr);
    }
    if (nested && Array.isArray(curr.children)) {
      return [...prev, ...curr.children.reduce(reducer, [])];
    } else {
      return prev;
    }
  }
  return element && Array.isArray(element.children) ? element.children.reduce(reducer, []) : [];
}
function findChildElement(element, name, nested = false) {
  return findChildrenElement(element, name, nested)[0] || null;
}
function getChildrenElement(element) {
  return element && Array.isArray(element.children) ? [
    ...element.children.filter(
      (el) => el instanceof XmlElement
    )
  ] : [];
}
function getElementText(element) {
  const textNode = element && Array.isArray(element.children) ? element.children.find((node) => node.type === "text") : null;
  return textNode ? textNode.text : "";
}
function getElementAttribute(element, attrName) {
  return element && element.attributes[attrName] || "";
}
export {
  XmlParseError,
  findChildElement,
  findChildrenElement,
  getChildrenElement,
  getElementAttribute,
  getElementName,
  getElementText,
  getRootElement,
  parseXmlString,
  stripNamespace
};
