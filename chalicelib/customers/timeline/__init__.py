"""The timeline: what happened with a contact, in order."""
