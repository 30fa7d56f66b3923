"""Roles and groups as people of the firm and of a client set them: by pages, without a script."""

import pytest

from muniment.core import ids
from muniment.trust.access import queries
from muniment.trust.identity import queries as people
from tests.cast import Portal, signed_in


def _get(browser, url: str):
    return browser.get(url, secure=True)


def _post(browser, url: str, **values):
    return browser.post(url, values, secure=True)


@pytest.mark.control("group-roles", "example-roles")
def test_an_administrator_copies_a_role_changes_it_and_retires_it(portal: Portal):
    ada = signed_in(portal.people["ada"])

    made = _post(ada, "/roles/new/", title="Tax analyst", description="Looks at taxes", begins_as="analyst")
    assert made.headers["Location"] == "/roles/tax-analyst/"
    page = _get(ada, "/roles/tax-analyst/").content.decode()
    assert 'value="document:download" id="verb-document:download" checked' in page
    _post(ada, "/roles/tax-analyst/", title="Tax analyst", description="Taxes", verbs=["document:view"])
    assert queries.role(portal.actor("ada"), "tax-analyst").verbs == {"document:view"}
    assert "Tax analyst" in _get(ada, "/roles/").content.decode()
    _post(ada, "/roles/tax-analyst/retire/")
    assert queries.role(portal.actor("ada"), "tax-analyst").verbs == frozenset()


def test_a_name_that_was_used_is_said_beside_the_field(portal: Portal):
    answer = _post(signed_in(portal.people["ada"]), "/roles/new/", title="Advisor", begins_as="/firm")

    assert answer.status_code == 422
    assert "There is, or was, a role of this name" in answer.content.decode()


def test_people_of_the_firm_read_roles_and_only_administrators_change_them(portal: Portal):
    ben, cleo = signed_in(portal.people["ben"]), signed_in(portal.people["cleo"])

    assert _get(ben, "/roles/advisor/").status_code == 200
    assert 'type="checkbox" name="verbs"' not in _get(ben, "/roles/advisor/").content.decode()
    assert _post(ben, "/roles/advisor/", verbs=["document:view"]).status_code == 404
    assert _get(ben, "/roles/new/").status_code == 404
    assert _get(cleo, "/roles/").status_code == 404
    assert "document:share" in queries.role(portal.actor("ada"), "advisor").verbs


@pytest.mark.control("group-roles")
def test_a_manager_makes_a_group_fills_it_and_gives_it_a_role(portal: Portal):
    cleo, okoye = signed_in(portal.people["cleo"]), ids.public(portal.okoye)

    made = _post(cleo, f"/{okoye}/groups/", name="Board")
    url = made.headers["Location"]
    _post(cleo, f"{url}add/", person=ids.public(portal.people["dan"]))
    group_id = url.strip("/").split("/")[-1]
    given = _post(cleo, f"/{okoye}/groups/give/", group=group_id, role="user", purpose="Runs the company")

    assert given.status_code == 302
    assert queries.may(portal.actor("dan"), "document:upload")
    page = _get(cleo, url).content.decode()
    assert "Dan Okoye" in page
    assert "Runs the company" in page
    assert "by group:" in _get(cleo, f"/{okoye}/people/").content.decode()
    _post(cleo, f"{url}people/{ids.public(portal.people['dan'])}/out/")
    assert not queries.may(portal.actor("dan"), "document:upload")
    _post(cleo, f"{url}remove/")
    assert queries.groups(portal.actor("cleo")) == []


@pytest.mark.control("group-roles")
def test_a_group_of_the_firm_is_given_a_role_on_the_clients_page(portal: Portal):
    ada, brandt = signed_in(portal.people["ada"]), ids.public(portal.brandt)
    made = _post(ada, f"/{ids.public(portal.firm_id)}/groups/", name="Audit team")
    _post(ada, f"{made.headers['Location']}add/", person=ids.public(portal.people["ben"]))
    group_id = made.headers["Location"].strip("/").split("/")[-1]

    given = _post(ada, f"/{brandt}/groups/give/", group=group_id, role="analyst", purpose="Audit of 2026")

    assert given.status_code == 302
    assert queries.may(portal.actor("ben", portal.brandt), "document:view")
    assert "Audit team" in _get(signed_in(portal.people["mallory"]), f"/{brandt}/groups/").content.decode()


def test_the_firm_says_what_managers_may_give(portal: Portal):
    ada, okoye = signed_in(portal.people["ada"]), ids.public(portal.okoye)

    assert _post(ada, f"/{okoye}/people/roles/", roles=["user"]).status_code == 302

    assert people.roles_to_give(portal.actor("cleo")) == ("user",)
    assert _get(signed_in(portal.people["cleo"]), f"/{okoye}/people/roles/").status_code == 404
