"""Voices that say what a test has written for them, and a reader of numbers that owes the product nothing."""
