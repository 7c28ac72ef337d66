"""What is measured: one command each, beside its limit in the same run. See README.md."""
