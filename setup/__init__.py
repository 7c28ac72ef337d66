"""Sets a machine up: Debian packages, the virtual environment, Node, the bundled pages. Standard library only."""
