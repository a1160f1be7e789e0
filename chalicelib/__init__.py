"""Clientela's code: the foundation and its wings (see docs/data-model.md and CONTRIBUTING.md)."""
