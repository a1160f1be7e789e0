"""Who changed what, when, and how it was before."""
