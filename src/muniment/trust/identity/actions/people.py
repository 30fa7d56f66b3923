"""Make a person."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import Invalid, NotFound
from muniment.trust.identity import models, passwords
from muniment.trust.identity.errors import WeakPassword
from muniment.trust.vault import actions as vault

LONGEST_NAME = 200
LONGEST_ADDRESS = 254


def make_person(*, kind: str, email: str, name: str, password: str, companies: tuple[str, ...]) -> models.Person:
    """Make a person who can sign in; a new person has no right anywhere.

    `companies` are the names of the companies they will belong to, which are no passwords.

    Raises:
        Invalid: name or address is missing or malformed.
        WeakPassword: the password is too short, known or easy to guess.
    """
    person_id = ids.new()
    vault.make_person_key(person_id)
    person = models.Person(id=person_id, kind=kind, email=clean_email(email), name=clean_name(name))
    set_password(person, password, companies)
    person.save(force_insert=True)
    return person


def set_password(person: models.Person, password: str, companies: tuple[str, ...]) -> None:
    """Put a new password on a row without saving it.

    Raises:
        WeakPassword: it is too short, known or easy to guess.
    """
    if problems := passwords.problems(password, passwords.Owner(person.name, person.email, companies)):
        raise WeakPassword(problems)
    person.set_password(password)


def locked_person(actor: Actor) -> models.Person:
    """Return the actor's own row, locked until the act is over.

    Raises:
        NotFound: nobody is signed in.
    """
    rows = models.Person.objects.select_for_update().exclude(disabled_at__isnull=False)
    person = rows.filter(id=actor.person_id).first() if actor.person_id else None
    if person is None:
        raise NotFound
    return person


def clean_email(text: str) -> str:
    """Return an address as it is kept.

    Raises:
        Invalid: it is none.
    """
    email = text.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise Invalid from error
    if len(email) > LONGEST_ADDRESS:
        raise Invalid
    return email


def clean_name(text: str) -> str:
    """Return a name as it is kept: one line, no control characters.

    Raises:
        Invalid: it is empty or too long.
    """
    name = " ".join(text.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Invalid
    return name
