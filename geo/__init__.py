"""What is where: the PostGIS store, imports and spatial queries."""
