"""Tests of the pretend phones."""
