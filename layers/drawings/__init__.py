"""How each layer is drawn: MapLibre layers and the swatches of the legend, from one place."""
