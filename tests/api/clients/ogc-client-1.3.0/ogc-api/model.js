const CollectionParameterTypes = [
  "string",
  "number",
  "integer",
  "date",
  "point",
  "linestring",
  "polygon",
  "geometry"
];
export {
  CollectionParameterTypes
};
