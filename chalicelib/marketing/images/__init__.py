"""The pictures of a workspace's mails: sent by a browser, made fit for mail, served to everybody who has their address."""
