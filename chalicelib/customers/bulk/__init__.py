"""Bulk actions: the same change to many records, as a job with progress, cancel and undo."""
