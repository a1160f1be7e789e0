"""The local stack: the whole of Clientela on one machine, with an embedded cloud (see ``docs/local.md``)."""
