"""What stands in for phones: the web app a cadre opens, and pretend phones for demos and tests."""
