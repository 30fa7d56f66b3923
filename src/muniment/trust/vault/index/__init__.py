"""Search over sealed text: keyed tokens of words and of parts of names. docs/search.md says what it finds and leaks."""
