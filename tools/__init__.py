"""Tools of the repository: the import rule between apps, the table of controls."""
