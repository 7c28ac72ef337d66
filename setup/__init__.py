"""Sets a machine up: Debian packages, virtual environment, Node, bundled pages. Standard library only."""
