"""Take a person out of the portal: the part of destroying their key that the database has to do."""

from functools import partial
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.trust.access import actions as grants
from muniment.trust.access.errors import LastAdministrator
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import delegation, models
from muniment.trust.identity.actions.letters import sealed_path
from muniment.trust.identity.life.actions.disabling import is_last_administrator
from muniment.trust.identity.queries.people import ERASED_ADDRESS

_NAME = "(erased)"
ERASED = "erased"


def erase_person(person_id: UUID) -> None:
    """End everything of a person but the row that says there was one; their address is overwritten.

    The name stays as ciphertext, which opens no more once the person's key is destroyed. Rights end with the
    places. The caller destroys the key in the same transaction.

    Raises:
        NotFound: there is no such person.
        LastAdministrator: nobody who can sign in would administer the firm any more.
    """
    grants.one_at_a_time()
    if is_last_administrator(person_id):
        raise LastAdministrator
    person = models.Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise NotFound
    address, now = person.email, clock.now()
    delegation.forget(person_id)  # while the address is there to find them by
    person.email = f"{person_id.hex}{ERASED_ADDRESS}"
    person.disabled_at = person.disabled_at or now
    person.credentials_changed_at = now
    person.set_unusable_password()
    person.save(update_fields=["email", "disabled_at", "credentials_changed_at", "password"])
    models.Session.objects.filter(person_id=person_id).delete()
    models.Device.objects.filter(person_id=person_id).delete()
    models.SignInNotice.objects.filter(person_id=person_id).delete()
    models.Recovery.objects.filter(person_id=person_id).delete()
    _forget_letters(person_id)
    models.EmailChange.objects.filter(person_id=person_id).delete()
    models.EmailChange.objects.filter(email=address).delete()
    models.Attendance.objects.update_or_create(id=person_id, defaults={"why_disabled": ERASED, "is_break_glass": False})
    models.Lockout.objects.filter(person_id=person_id).delete()
    Authenticator.objects.filter(user_id=person_id).delete()
    for guest in models.Guest.objects.filter(email=address):
        guest.email = f"{guest.id.hex}{ERASED_ADDRESS}"
        guest.save(update_fields=["email"])
    for client_id in {*known_clients.all_ids(), *known_clients.places_of(person_id)}:  # invited, or there once
        with bound(Binding(client_id)):
            clients.leave(client_id, person_id)
            for row in models.Invitation.objects.filter(client_id=client_id, email=address):
                row.email, row.name = f"{row.id.hex}{ERASED_ADDRESS}", _NAME
                row.withdrawn_at = row.withdrawn_at or now
                row.save(update_fields=["email", "name", "withdrawn_at"])


def _forget_letters(person_id: UUID) -> None:
    """Delete mails to somebody, also those that lie sealed in the data directory because there is no mail server."""
    letters = models.Letter.objects.filter(person_id=person_id)
    kept = [sealed_path(letter_id) for letter_id in letters.values_list("id", flat=True)]
    letters.delete()
    for path in kept:
        transaction.on_commit(partial(path.unlink, missing_ok=True))
