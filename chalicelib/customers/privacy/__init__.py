"""Privacy: everything kept about one person, shown, exported and erased; and how long things are kept."""
