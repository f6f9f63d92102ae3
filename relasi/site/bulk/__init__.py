"""Rows by the million into either database: the demo company and restored backups."""
