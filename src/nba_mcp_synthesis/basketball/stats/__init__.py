"""Semantic queries: measures by dimensions, from whichever table covers them."""
