"""Pages about documents: lists, one document, folders, shares, the trash."""
