"""Delivery: what the mail provider says became of a message."""
