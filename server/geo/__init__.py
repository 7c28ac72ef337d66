"""Shapes on the earth: datums, measures, boundaries, the area index and the verdict. Pure: no Flask, no
database.
"""
