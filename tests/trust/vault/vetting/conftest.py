"""A clamd that runs, for the whole run of tests in this process."""

import pytest


@pytest.fixture(scope="session")
def daemon():
    """Give a running clamd with the tests' own signatures."""
    from tests.clamd import Daemon

    found = Daemon()
    try:
        found.start()
        yield found
    finally:
        found.remove()
