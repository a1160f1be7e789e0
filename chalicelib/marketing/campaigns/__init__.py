"""Campaigns: one message to one audience: what it says, when it goes, and where it stands."""
