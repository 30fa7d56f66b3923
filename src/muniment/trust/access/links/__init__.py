"""One-task links for people without an account: the row, and the words for it."""
