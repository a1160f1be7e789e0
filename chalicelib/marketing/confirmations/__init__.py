"""Double opt-in: what was ticked in a form counts once the owner of the address has confirmed it."""
