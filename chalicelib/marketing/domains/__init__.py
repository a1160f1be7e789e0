"""Domains that mail is sent from, and addresses that get a copy of every campaign."""
