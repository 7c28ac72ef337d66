"""Rows → file: pure writers of the formats people open."""
