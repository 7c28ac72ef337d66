"""The demo county 云岭县: land, units, people and weeks of trips, all invented, all made by code."""
