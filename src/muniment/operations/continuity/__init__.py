"""Backups as the host makes them: the repository, the write-ahead log, the agent that keeps both."""
