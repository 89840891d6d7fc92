"""What the service keeps about itself: answers with their evidence, calls of models, keys, the audit log.

Rows go to a journal in HOME first and from there to the database (docs/decisions/0013).
"""
