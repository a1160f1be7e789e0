"""Single mails to people about one thing that happened: a mention, a quote. Each is sent once at most."""
