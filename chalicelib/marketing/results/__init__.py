"""What became of a campaign: who opened, followed which link, with what, when, and what it brought in."""
