"""The tests mirror the server's floors; stories walk a day in the field."""
