"""Open the space of a client: a key and a log of its own, and nobody in it."""

import pytest

from muniment.core.errors import Invalid, NotFound


def test_a_client_has_a_name_a_key_and_a_log_of_its_own(portal, events):
    from muniment.trust.identity import actions, queries

    made = actions.open_client(portal.actor("ada"), name="  Marsh Pottery ", line="Studio ceramics")

    assert queries.company(made.id).name == "Marsh Pottery"
    assert events(made.id) == ["client.opened"]
    assert events(portal.firm_id)[0] == "client.opened"


@pytest.mark.control("least-privilege")
def test_nobody_belongs_to_a_new_client_not_even_who_opened_it(portal):
    from muniment.trust.access import queries as access
    from muniment.trust.identity import actions, queries

    made = actions.open_client(portal.actor("ada"), name="Marsh Pottery")

    assert queries.people_of(portal.actor("ada", made.id)) == []
    assert not access.may_somewhere(portal.actor("ada", made.id), "document:view")


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_only_who_administers_the_firm_opens_clients(portal, events, who):
    from muniment.trust.identity import actions

    with pytest.raises(NotFound):
        actions.open_client(portal.actor(who), name="Marsh Pottery")

    assert events(portal.actor(who).client)[0] == "act.refused"


@pytest.mark.parametrize("name", ["", "   ", "x" * 201])
def test_a_client_needs_a_name(portal, name):
    from muniment.trust.identity import actions

    with pytest.raises(Invalid):
        actions.open_client(portal.actor("ada"), name=name)


def test_the_name_is_sealed(portal):
    from django.db import connection

    from muniment.core.unit import acting_as
    from muniment.trust.identity import actions

    made = actions.open_client(portal.actor("ada"), name="Marsh Pottery")

    with acting_as(portal.actor("ada", made.id)), connection.cursor() as cursor:
        cursor.execute("select string_agg(c::text || encode(c.name, 'escape'), '') from company c")
        assert "Marsh" not in cursor.fetchone()[0]
