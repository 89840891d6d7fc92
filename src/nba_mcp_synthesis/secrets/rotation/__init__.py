"""Rotation: a new value is staged, set, tested, then switched to; the old one works until the next turn.

Each turn goes through the steps of `turn.py`. What it has done is kept in the versions of the AWS secret
itself, so that whoever comes next completes a turn whose process died.
"""
