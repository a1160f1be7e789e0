"""Capture: a form post, an import row or an API call becomes a contact and a lead, at once or not at all."""
