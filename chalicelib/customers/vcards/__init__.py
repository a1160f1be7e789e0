"""vCards: a contact as other programs take and give it."""
