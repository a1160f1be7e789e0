"""Single mails by order of a program: receipts, passwords, confirmations. Their own stream, apart from campaigns."""
