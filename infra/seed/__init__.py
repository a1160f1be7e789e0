"""Demo data: a believable workspace in Spanish and English, the same every time."""
