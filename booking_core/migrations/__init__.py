"""The schema and how it came about; `schema.upgrade` and `schema.downgrade` are the way in."""
