"""Calendar: a member's day, and a feed of it that calendar programs read."""
