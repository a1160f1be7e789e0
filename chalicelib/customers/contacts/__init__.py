"""A contact: one person we may talk to."""
