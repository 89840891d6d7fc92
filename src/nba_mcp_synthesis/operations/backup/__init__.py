"""Backups that restore: dumps of both databases, their proof, and the way back (docs/backups.md)."""
