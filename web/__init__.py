"""The web pages, styles and scripts that the server hands out (no Python inside)."""
