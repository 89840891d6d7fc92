"""The places that secrets come from, in the order in which they are asked."""
