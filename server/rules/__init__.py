"""Policy: tables and arithmetic, without a database."""
