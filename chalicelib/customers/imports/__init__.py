"""Importing: a file of contacts, companies, leads or deals read, looked at, written row by row, and taken back if need be."""
