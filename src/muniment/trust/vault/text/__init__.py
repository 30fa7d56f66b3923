"""The text of documents, a library for each kind. Only ever run in the sandbox: their bytes are strangers'."""
