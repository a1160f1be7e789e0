"""Duplicates: pairs of contacts that may be one person, with the reasons."""
