"""Exports: any list, or everything, as a file, by job and with a proof that no row is missing."""
