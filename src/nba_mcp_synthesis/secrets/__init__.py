"""Secrets: one manager over four levels, a manifest of what each has to be, and what is wrong with them.

Reached from the command line and from where parts are put together. Rooms that need a secret are handed a
function that fetches it, so that a changed one reaches them.
"""
