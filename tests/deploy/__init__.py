"""What `deploy/` holds, linted, and run outside of containers and systemd."""
