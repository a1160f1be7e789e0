"""Use cases of reports: figures, scheduling, requests, running, receipts and the minute's look, a module each."""
