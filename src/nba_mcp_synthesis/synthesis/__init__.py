"""From voices to one answer: panel, verification, merging."""
