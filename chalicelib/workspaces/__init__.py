"""Wing: workspaces, their members and roles, API keys, sign-in and settings."""
