"""Quotes: what a customer is offered for a deal, as PDF and as a page to accept it on."""
