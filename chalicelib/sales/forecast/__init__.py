"""The forecast: what open deals are expected to bring by month and owner, and what was won."""
