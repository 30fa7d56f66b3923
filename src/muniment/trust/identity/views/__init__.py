"""Pages of sign-in, account, people and mails."""
