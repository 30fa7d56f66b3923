"""Passwords in tests: hashed in little memory, but where a test is about what hashing costs.

Going through 64 MiB of fresh memory for each of thousands of sign-ins was half of the time of many tests.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from muniment.trust.identity.strength import hashing
from tests.cast import PASSWORD, Portal

LIGHT_KIB = 1024


def lighten() -> None:
    """Hash in little memory from now on, in this process."""
    hashing.Hasher.memory_cost = LIGHT_KIB


@contextmanager
def at_full_cost(portal: Portal) -> Iterator[None]:
    """Hash as the product does, and keep the cast's passwords so."""
    from muniment.trust.identity.models import Person

    hashing.Hasher.memory_cost = hashing.MEMORY_KIB
    try:
        for person in Person.objects.filter(id__in=portal.people.values()):
            person.set_password(PASSWORD)
            person.save()
        yield
    finally:
        lighten()
