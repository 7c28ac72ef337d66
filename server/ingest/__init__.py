"""Bytes in: a decoder for each wire format of the phones, and a reader for boundary files."""
