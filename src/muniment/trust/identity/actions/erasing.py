"""Take a person out of the portal: the part of destroying their key that the database has to do."""

from uuid import UUID

from allauth.mfa.models import Authenticator

from muniment.core import clock
from muniment.core.db.binding import Binding
from muniment.core.errors import NotFound
from muniment.core.unit import bound
from muniment.trust.clients import actions as clients
from muniment.trust.clients import queries as known_clients
from muniment.trust.identity import models
from muniment.trust.identity.queries.people import ERASED_ADDRESS

_NAME = "(erased)"


def erase_person(person_id: UUID) -> None:
    """End everything of a person but the row that says there was one; their address is overwritten.

    The name stays as ciphertext, which opens no more once the person's key is destroyed. Rights end with the
    places. The caller destroys the key in the same transaction.

    Raises:
        NotFound: there is no such person.
    """
    person = models.Person.objects.select_for_update().filter(id=person_id).first()
    if person is None:
        raise NotFound
    address, now = person.email, clock.now()
    person.email = f"{person_id.hex}{ERASED_ADDRESS}"
    person.disabled_at = person.disabled_at or now
    person.credentials_changed_at = now
    person.set_unusable_password()
    person.save(update_fields=["email", "disabled_at", "credentials_changed_at", "password"])
    models.Session.objects.filter(person_id=person_id).delete()
    models.Letter.objects.filter(person_id=person_id).delete()
    models.Lockout.objects.filter(person_id=person_id).delete()
    Authenticator.objects.filter(user_id=person_id).delete()
    for client_id in known_clients.places_of(person_id):
        with bound(Binding(client_id, person_id)):
            clients.leave(client_id, person_id)
            for row in models.Invitation.objects.filter(client_id=client_id, email=address):
                row.email, row.name = f"{row.id.hex}{ERASED_ADDRESS}", _NAME
                row.withdrawn_at = row.withdrawn_at or now
                row.save(update_fields=["email", "name", "withdrawn_at"])
