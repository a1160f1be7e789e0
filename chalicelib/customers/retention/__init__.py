"""Retention: what is deleted by itself after so many days, kind by kind."""
