"""Search: find anything by the beginning of a word."""
