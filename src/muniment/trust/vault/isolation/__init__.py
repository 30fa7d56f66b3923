"""Work on bytes that nobody trusts, in a process that can do nothing else."""
