"""Checklists: what operators look at every day, week and month, done by the machine as far as it can."""
