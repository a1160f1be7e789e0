"""Segments: groups of contacts, chosen by hand or by conditions that are evaluated whenever a contact changes."""
