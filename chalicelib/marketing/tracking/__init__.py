"""Tracking: opens, clicks, and the page to unsubscribe and to choose."""
