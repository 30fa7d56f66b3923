"""What becomes of mails: tries, failures, addresses that bounce, and how the world sees the sender."""
