"""Bringing a version to the cluster, and back: pre-checks, one apply, a rollout that is watched, a way back.

Every step says what it found in a sentence; what a deployment leaves behind, it says whatever happens.
"""
