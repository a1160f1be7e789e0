"""API keys: a program's access to one workspace."""
