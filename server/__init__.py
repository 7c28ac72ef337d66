"""Guatu (挂图): a field-reporting server for county governments."""
