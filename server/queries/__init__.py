"""Reads: every SELECT, scoped here, once, to what the reader may see."""
