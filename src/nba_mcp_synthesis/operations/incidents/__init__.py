"""Incidents: opened with what can be seen at the time, followed, resolved, and learnt from."""
