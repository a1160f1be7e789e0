"""Custom fields: what a workspace wants to know of its contacts, companies, leads and deals beyond our own fields."""
