"""Health: a small calculator a concern, which all speak at the same time, and a report of what they said."""
