"""Exchange rates, kept by hand in each workspace."""
