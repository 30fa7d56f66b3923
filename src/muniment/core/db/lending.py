"""Give the database connection back to the pool in the middle of a request."""

from django.db import connection


def give_back() -> None:
    """Let others use this thread's connection until it asks for one again; inside a transaction nothing happens.

    A slow sender or receiver of a large file would hold a connection for minutes, and a few of them all there are.
    """
    if not connection.in_atomic_block:
        connection.close()
