"""Readers of the file formats that imports accept."""
