"""Spark, by Spark Connect, over the files of a published lake."""
