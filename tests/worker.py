"""Work in the database's job role, as the worker does: keys are turned and destroyed there alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def as_worker() -> Iterator[None]:
    """Connect as the worker until the block ends."""
    before = connection.settings_dict["USER"]
    _connect_as("muniment_job")
    try:
        yield
    finally:
        _connect_as(before)


def _connect_as(user: str) -> None:
    wrapper: Any = connection  # the PostgreSQL one, which has a pool
    wrapper.close()
    if wrapper.pool is not None:
        wrapper.close_pool()
    wrapper.settings_dict["USER"] = user
