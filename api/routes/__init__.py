"""One file of HTTP routes per noun."""
