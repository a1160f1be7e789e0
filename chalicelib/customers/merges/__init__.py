"""Merging two contacts that are one person, and taking it back."""
