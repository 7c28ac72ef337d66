"""Pretend phones: replay a track over HTTP as a person on a trip would; knows the server by its wire only."""
