"""What mails say: bodies compiled out of blocks, MJML, HTML or plain text; templates with their versions, brand kit and images."""
