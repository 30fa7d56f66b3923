"""When, where, how and why what was granted is open: it only subtracts, and gives nothing."""
