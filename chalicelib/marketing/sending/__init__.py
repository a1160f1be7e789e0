"""Sending: the ledger of recipients, the planner that fills it, the sender that works through it and the reaper."""
