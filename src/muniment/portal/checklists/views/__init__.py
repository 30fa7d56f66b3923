"""Pages of checklists: what is asked for, answered, looked at; and how it is put together."""
