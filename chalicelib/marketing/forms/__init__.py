"""Capture forms: their definitions, their public pages and the posts that come in."""
