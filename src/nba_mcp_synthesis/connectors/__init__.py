"""Doors to the outside, one shape: handed functions that fetch what they need, opened when first used.

`test_connection()` of each answers True or False and logs the reason. No text of a driver is
ever passed on: it may quote what a secret holds.
"""
