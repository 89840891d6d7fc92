"""What the people on call do, as functions that the command line calls."""
