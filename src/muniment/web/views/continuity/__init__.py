"""Backups, drills, restoring one thing, the recovery sheet: for those who administer the firm."""
