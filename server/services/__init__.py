"""Verbs: check, change, record. A verb is one transaction."""
