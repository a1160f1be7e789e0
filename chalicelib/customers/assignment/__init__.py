"""Assignment: whose a new lead is, by rules, and by when it is to be answered."""
