"""Products: what is sold, with its price and tax, to fill in the lines of deals and quotes."""
