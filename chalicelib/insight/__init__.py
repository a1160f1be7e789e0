"""Wing: what happened, told with figures. It reads what the other wings have written and sends nobody but its readers mail."""
