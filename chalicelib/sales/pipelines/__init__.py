"""Pipelines: the path of a deal."""
