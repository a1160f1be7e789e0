"""Leads: who showed interest and is not qualified yet."""
