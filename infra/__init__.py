"""How Clientela is built, deployed and run: the same template for AWS and for the local cloud."""
