"""Every shape the database has had, as Alembic migrations."""
