"""How strong a password has to be, and what is said of one that is not."""
