"""Wing: forms that capture leads, scoring, segments and campaigns."""
