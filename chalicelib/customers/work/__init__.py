"""Long work in pieces: one delivery at a time holds it, another takes it over when that one dies."""
