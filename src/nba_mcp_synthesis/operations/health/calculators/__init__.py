"""One calculator a concern: `check(spec, ground)` looks, and gives a finding."""
