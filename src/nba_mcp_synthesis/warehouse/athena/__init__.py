"""Athena over the tables that a Glue database has."""
