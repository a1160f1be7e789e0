"""What people buy, in the profiles that marketing decides by: sales and marketing do not know of one another."""
