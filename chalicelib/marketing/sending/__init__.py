"""Sending: the ledger of recipients, the planner that fills it, the sender that works through it and the reaper.

The protocol and what it promises: docs/decisions on the sending ledger. ``domain.py`` has the states and the rules, ``ledger.py``
the conditional writes (one for each arrow), ``planner.py`` and ``sender.py`` the two queues' work, ``message.py`` the messages.
"""
