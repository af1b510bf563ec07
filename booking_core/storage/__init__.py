"""SQLAlchemy behind the storage ports."""
