"""Consent: what a person said yes or no to, and the addresses that must not be mailed."""
