"""Conversion: a lead becomes a customer, with a company and a deal, all at once."""
