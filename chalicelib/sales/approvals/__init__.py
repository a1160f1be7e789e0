"""Approval: which quotes somebody has to look at before they go out, and who."""
