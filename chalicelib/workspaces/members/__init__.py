"""People in a workspace, and what their roles let them do."""
