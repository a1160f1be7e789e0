"""Contacts, companies and leads: whom we know and what they agreed to."""
