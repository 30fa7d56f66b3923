"""Erase a person at once: all but their key, which only the worker can destroy."""

from uuid import UUID

from django.db import transaction

from muniment.trust.identity import actions


def erase(person_id: UUID) -> None:
    """End everything of a person."""
    with transaction.atomic():
        actions.erase_person(person_id)
