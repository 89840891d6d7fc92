"""Models of several providers as voices: what they cost, how they are asked, and what may go wrong."""
