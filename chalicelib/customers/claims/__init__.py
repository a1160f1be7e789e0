"""Claims: each e-mail address, phone number and company domain belongs to one holder in its workspace."""
