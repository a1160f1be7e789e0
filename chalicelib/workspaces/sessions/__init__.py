"""Signing in, with a new or forgotten password, staying in, and signing out."""
