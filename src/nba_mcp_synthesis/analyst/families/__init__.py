"""The kinds of question that are understood, one a file."""
