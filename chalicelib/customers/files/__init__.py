"""Files that people put with contacts, companies, deals, leads and tasks."""
