"""What server processes share through Redis, and have each for itself without it: a cache, counters."""
