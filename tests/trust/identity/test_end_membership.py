"""End a person's place: it holds from their next request."""

import pytest

from muniment.core.errors import NotFound
from tests.trust.identity.browsers import Visitor


def end(actor, person_id):
    from muniment.trust.identity import actions

    actions.end_membership(actor, person_id=person_id)


def test_a_manager_ends_a_contacts_place(portal, events):
    from muniment.core import ids
    from muniment.trust.access import queries as access
    from muniment.trust.identity import queries

    dan = Visitor().sign_in("dan")

    end(portal.actor("cleo"), portal.people["dan"])

    assert queries.spaces(portal.people["dan"]) == []
    assert access.grants(portal.actor("dan"), person_id=portal.people["dan"]) == []
    assert not dan.is_signed_in()
    assert Visitor().sign_in("dan").get(f"/{ids.public(portal.okoye)}/people/").status_code == 404
    assert {"person.left", "grant.ended"} <= set(events(portal.okoye)[:4])


def test_of_somebody_who_does_not_belong_here_nothing_is_ended(portal):
    with pytest.raises(NotFound):
        end(portal.actor("cleo"), portal.people["mallory"])


@pytest.mark.parametrize("who", ["ben", "dan", "mallory"])
def test_only_who_may_end_places_does(portal, who):
    with pytest.raises(NotFound):
        end(portal.actor(who, portal.okoye), portal.people["cleo"])


def test_nobody_ends_their_own_place(portal):
    from muniment.trust.identity.errors import NotYourself

    with pytest.raises(NotYourself):
        end(portal.actor("cleo"), portal.people["cleo"])


def test_a_client_does_not_end_the_firms_people(portal):
    from muniment.trust.access.errors import MoreThanYouHave

    with pytest.raises(MoreThanYouHave):
        end(portal.actor("cleo"), portal.people["ben"])


def test_leaving_the_firm_ends_every_place_and_the_sign_in(portal, events):
    from muniment.trust.identity import queries

    ben = Visitor().sign_in("ben")

    end(portal.actor("ada"), portal.people["ben"])

    assert queries.spaces(portal.people["ben"]) == []
    assert not ben.is_signed_in()
    assert Visitor().password("ben@harcourt.example").status_code == 200
    assert "person.left" in events(portal.okoye)[:3]
    assert "person.left" in events(portal.firm_id)[:3]


def test_an_admin_does_not_end_a_super_admin(portal):
    from dataclasses import replace

    from muniment.trust.access.errors import MoreThanYouHave

    admin = replace(
        portal.actor("ada"), person_id=portal.people["ben"], firm_verbs=portal.actor("ada").firm_verbs - {"mail:read"}
    )

    with pytest.raises(MoreThanYouHave):
        end(admin, portal.people["ada"])


def test_the_page_asks_before_it_ends(portal):
    from muniment.core import ids

    cleo = Visitor().sign_in("cleo")
    path = f"/{ids.public(portal.okoye)}/people/{ids.public(portal.people['dan'])}/end/"

    asked, done = cleo.get(path), cleo.post(path)

    assert "Dan Okoye" in asked.content.decode()
    assert done.status_code == 302
    assert "Dan Okoye" not in cleo.get(done["Location"]).content.decode()
