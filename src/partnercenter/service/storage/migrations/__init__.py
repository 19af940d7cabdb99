"""The schema, one SQL script for each step; see `storage.sqlite_schema` for how they are applied."""
