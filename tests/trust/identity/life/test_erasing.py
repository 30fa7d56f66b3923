"""Who is erased is erased everywhere, also where they never came."""

import pytest

from muniment.core.actor import Actor
from muniment.core.db.binding import Binding
from muniment.core.unit import bound
from muniment.trust.access.errors import LastAdministrator
from muniment.trust.federation.scim.models import DirectoryRecord
from muniment.trust.identity import actions, queries
from muniment.trust.identity.models import Invitation
from tests.trust.federation.scim.directory import connect
from tests.trust.identity.life.erasing import erase


def test_the_last_administrator_is_not_erased(portal):
    with pytest.raises(LastAdministrator):
        erase(portal.people["ada"])

    assert queries.person(portal.people["ada"]).active


def test_mails_that_no_server_took_are_deleted_from_the_disk_too(portal):
    from muniment.trust.identity.actions.letters import sealed_path

    dan, cleo = (
        actions.write_letter(to=f"{who}@okoye.example", subject="x", body="y", person_id=portal.people[who])
        for who in ("dan", "cleo")
    )
    for letter_id in (dan, cleo):
        actions.deliver_letter(letter_id)
        assert sealed_path(letter_id).exists()

    erase(portal.people["dan"])

    assert [sealed_path(letter_id).exists() for letter_id in (dan, cleo)] == [False, True]


def test_an_invitation_that_was_never_answered_keeps_neither_address_nor_name(portal):
    host = Actor.system(portal.brandt, purpose="Tests")
    actions.invite_person(host, email="dan@okoye.example", name="Dan Okoye", role="user", purpose="Tests")

    erase(portal.people["dan"])

    with bound(Binding(portal.brandt)):
        (left,) = Invitation.objects.filter(client_id=portal.brandt, used_at=None)
        assert (left.email.endswith("@erased.invalid"), left.name) == (True, "(erased)")
        assert left.withdrawn_at is not None


def test_what_a_directory_says_of_somebody_who_never_joined_is_forgotten_too(portal):
    connect(portal, portal.brandt).user("dan@okoye.example", displayName="Dan Okoye")

    erase(portal.people["dan"])

    with bound(Binding(portal.brandt)):
        assert not DirectoryRecord.objects.filter(client_id=portal.brandt).exists()
