"""What people choose about the mail they get: topics, how often, a pause, a language, or none at all."""
