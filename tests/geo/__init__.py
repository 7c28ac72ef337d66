"""Datums, measures, boundaries, the area index and the verdict, each against a stranger to its code."""
