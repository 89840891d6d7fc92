"""How much each caller may do: rates, places and who is next, and what is said of it beforehand."""
