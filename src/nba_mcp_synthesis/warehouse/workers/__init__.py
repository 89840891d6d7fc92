"""Processes that run SQL from outside, so that what no engine can stop can be killed."""
