"""Make a person."""

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.identity import models, passwords
from muniment.trust.identity.addresses import clean_email, clean_name
from muniment.trust.identity.errors import WeakPassword
from muniment.trust.identity.strength.rules import Rules
from muniment.trust.vault import actions as vault


def make_person(
    *, kind: str, email: str, name: str, password: str, companies: tuple[str, ...], rules: Rules | None = None
) -> models.Person:
    """Make a person who can sign in; a new person has no right anywhere.

    `companies` are the names of the companies they will belong to, which are no passwords; `rules` are what these
    demand of passwords.

    Raises:
        Invalid: name or address is missing or malformed.
        WeakPassword: the password is too short, known or easy to guess.
    """
    person_id = ids.new()
    vault.make_person_key(person_id)
    person = models.Person(id=person_id, kind=kind, email=clean_email(email), name=clean_name(name))
    set_password(person, password, companies, rules)
    person.save(force_insert=True)
    return person


def set_password(person: models.Person, password: str, companies: tuple[str, ...], rules: Rules | None = None) -> None:
    """Put a new password on a row without saving it.

    Raises:
        WeakPassword: it is too short, known or easy to guess.
    """
    owner = passwords.Owner(person.name, person.email, companies, rules or Rules())
    if problems := passwords.problems(password, owner):
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
