"""Deals: possible sales."""
