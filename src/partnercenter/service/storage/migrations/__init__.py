"""The schema, one SQL script for each step."""
