"""Tasks: something a member must do by a time."""
