"""Who administers reads no content without a request, and who reads it does not administer, whatever is tried."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from muniment.core import clock
from muniment.core.actor import Actor
from muniment.core.unit import acting_as
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions, queries
from muniment.trust.access.errors import ContentNeedsRequest, LastAdministrator, MoreThanYouHave
from muniment.trust.identity import actions as identity
from muniment.trust.identity.errors import LinkForStaff
from tests.cast import PEOPLE, Portal
from tests.portal.documents.uploading import add
from tests.together import at_once
from tests.trust.oversight.people import join_firm

pytestmark = pytest.mark.control("need-to-know")


@pytest.fixture
def eli(portal: Portal):
    """Give somebody who administers the firm, beside Ada."""
    return join_firm(portal, "Eli Moss", "admin")


@pytest.fixture
def plain(portal: Portal, eli):
    """Give a role without content that Eli has at Okoye."""
    ada = portal.actor("ada")
    actions.make_role(ada, title="Counter", side="firm", verbs=["person:list"])
    identity.assign_staff(ada.within(portal.okoye), person_id=eli, role="counter", purpose="Counts people")
    return "counter"


def of_firm(portal: Portal, person_id) -> Actor:
    return Actor(kind="staff", person_id=person_id, client_id=portal.firm_id, firm_verbs=queries.firm_verbs(person_id))


def reads(portal: Portal, person_id) -> bool:
    actor = of_firm(portal, person_id).within(portal.okoye)
    with acting_as(actor):
        return not queries.reach(actor, "document:view").nothing


@pytest.mark.parametrize("by", ["grant", "group"])
def test_a_role_that_an_administrator_has_gets_no_content(portal: Portal, eli, by: str):
    ada = portal.actor("ada")
    actions.make_role(ada, title="Counter", side="firm", verbs=["person:list"])
    if by == "grant":
        identity.assign_staff(ada.within(portal.okoye), person_id=eli, role="counter", purpose="Counts people")
    else:
        group = actions.make_group(ada, name="Counters")
        actions.add_to_group(ada, group_id=group.id, person_id=eli)
        actions.give_to_group(ada.within(portal.okoye), group_id=group.id, role="counter", purpose="Counts people")

    with pytest.raises(ContentNeedsRequest):
        actions.set_role_verbs(ada, name="counter", verbs=["person:list", "document:view"])

    assert not reads(portal, eli)
    actions.set_role_verbs(ada, name="counter", verbs=["person:list", "log:read"])  # no content


def test_a_role_that_nobody_who_administers_has_gets_content(portal: Portal, eli):
    ada = portal.actor("ada")
    actions.make_role(ada, title="Counter", side="firm", verbs=["person:list"])
    identity.assign_staff(
        ada.within(portal.okoye), person_id=portal.people["ben"], role="counter", purpose="Counts people"
    )

    made = actions.set_role_verbs(ada, name="counter", verbs=["document:view"])

    assert made.verbs == {"document:view"}


def test_a_copy_of_a_role_with_content_is_no_way_either(portal: Portal, eli):
    ada = portal.actor("ada")
    actions.copy_role(ada, name="analyst", title="Tax analyst")

    with pytest.raises(ContentNeedsRequest):
        identity.assign_staff(ada.within(portal.okoye), person_id=eli, role="tax-analyst", purpose="Tax")


@pytest.mark.parametrize("first", ["content", "administration"])
def test_what_begins_later_counts_as_what_runs(portal: Portal, first: str):
    imani = join_firm(portal, "Imani Cole", "auditor")
    firm = Actor.system(portal.firm_id, purpose="Tests")
    tomorrow = clock.now() + timedelta(days=1)
    ways: dict[str, Callable[[], object]] = {
        "administration": lambda: actions.give_grant(
            firm, person_id=imani, role="admin", purpose="Runs it", starts_at=tomorrow
        ),
        "content": lambda: identity.assign_staff(
            portal.actor("ada", portal.okoye), person_id=imani, role="analyst", purpose="Reads"
        ),
    }
    (second,) = ways.keys() - {first}
    ways[first]()

    with pytest.raises(ContentNeedsRequest):
        ways[second]()


def test_a_group_cannot_hold_both_for_who_comes_into_it(portal: Portal):
    ada = portal.actor("ada")
    imani = join_firm(portal, "Imani Cole", "auditor")
    group = actions.make_group(ada, name="Everything")
    actions.give_to_group(Actor.system(portal.firm_id), group_id=group.id, role="admin", purpose="Runs it")
    actions.give_to_group(Actor.system(portal.firm_id), group_id=group.id, role="analyst", purpose="Reads")

    with pytest.raises(ContentNeedsRequest):
        actions.add_to_group(ada, group_id=group.id, person_id=imani)


def test_who_administers_comes_into_no_group_with_content_and_such_a_group_does_not_administer(portal: Portal, eli):
    ada = portal.actor("ada")
    group = actions.make_group(ada, name="Audit team")
    actions.add_to_group(ada, group_id=group.id, person_id=portal.people["ben"])
    actions.give_to_group(ada.within(portal.okoye), group_id=group.id, role="analyst", purpose="Audit")

    with pytest.raises(ContentNeedsRequest):
        actions.add_to_group(ada, group_id=group.id, person_id=eli)
    with pytest.raises(ContentNeedsRequest):
        actions.give_to_group(Actor.system(portal.firm_id), group_id=group.id, role="admin", purpose="Runs it")

    assert not reads(portal, eli)


def test_no_guest_link_goes_to_somebody_of_the_firm(portal: Portal):
    cleo = portal.actor("cleo")
    document = add(cleo, "a.txt", b"a").document_id

    with pytest.raises(LinkForStaff):
        documents.send_link(
            cleo,
            target="document",
            target_id=document,
            email=PEOPLE["ada"][1].upper(),
            task="view",
            purpose="Look",
            until=clock.now() + timedelta(days=1),
        )


def test_what_somebody_has_for_a_time_lets_them_into_no_group_for_good(portal: Portal):
    imani = join_firm(portal, "Imani Cole", "auditor")
    at_okoye = portal.actor("ada", portal.okoye)
    until = clock.now() + timedelta(hours=1)
    identity.assign_staff(at_okoye, person_id=imani, role="advisor", purpose="Stands in", until=until)
    own = of_firm(portal, imani).within(portal.okoye)
    group = actions.make_group(portal.actor("ben", portal.okoye), name="Board")
    folder = documents.create_folder(portal.actor("cleo"), name="Papers")
    documents.share_folder(
        portal.actor("cleo"), folder_id=folder.id, person_id=None, group_id=group.id, role="viewer", purpose="Read"
    )

    with pytest.raises(MoreThanYouHave):
        actions.add_to_group(own, group_id=group.id, person_id=imani)


def test_a_space_makes_nothing_lasting_of_what_ends_or_has_not_begun(portal: Portal):
    imani, otto = join_firm(portal, "Imani Cole", "auditor"), join_firm(portal, "Otto Lind", "auditor")
    at_okoye, now = portal.actor("ada", portal.okoye), clock.now()
    identity.assign_staff(at_okoye, person_id=imani, role="engineer", purpose="A day", until=now + timedelta(days=1))
    identity.assign_staff(at_okoye, person_id=otto, role="auditor", purpose="Counts")
    actions.give_grant(
        at_okoye, person_id=otto, role="engineer", purpose="Next week", starts_at=now + timedelta(days=7)
    )
    ben = portal.actor("ben", portal.okoye)

    documents.create_space(ben, kind="code")

    with acting_as(ben):
        (engineers,) = [group for group in queries.list_groups(ben) if group.name == "Engineers"]
    assert engineers.members == ()


def test_content_and_administration_given_at_the_same_moment_do_not_meet_in_one_person(portal: Portal):
    imani = join_firm(portal, "Imani Cole", "auditor")
    firm, okoye = (Actor.system(place, purpose="Tests") for place in (portal.firm_id, portal.okoye))

    refused = at_once(
        lambda: actions.give_grant(firm, person_id=imani, role="admin", purpose="Runs it"),
        lambda: identity.assign_staff(okoye, person_id=imani, role="analyst", purpose="Reads"),
    )

    assert refused == [ContentNeedsRequest.__name__]


def test_two_who_end_each_other_at_the_same_moment_leave_one(portal: Portal, eli):
    ada = portal.people["ada"]
    firm = Actor.system(portal.firm_id, purpose="Tests")

    refused = at_once(*(lambda person=person: actions.end_grants_of(firm, person_id=person) for person in (ada, eli)))

    assert refused == [LastAdministrator.__name__]
    assert len(queries.administrators()) == 1
