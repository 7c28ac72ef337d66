"""The demo county 岚岭县: land, units, people and weeks of trips, all invented, all made by code."""
