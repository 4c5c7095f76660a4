"""Several processes on PostgreSQL, and the way there from SQLite."""
