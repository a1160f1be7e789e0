"""Speed and capacity units of what matters: ``make bench``."""
