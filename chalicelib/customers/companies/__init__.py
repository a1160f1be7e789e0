"""Companies: organisations that contacts belong to."""
