"""Metrics: the rollups that projections have counted, read back."""
