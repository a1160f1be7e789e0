"""Long work: its state, how far it is, and what came of it."""
