"""Six kinds of space: what each role finds in each, and nobody else."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor, Kind
from muniment.core.errors import Invalid, NotFound
from muniment.core.unit import acting_as
from muniment.portal.documents import actions, queries
from muniment.portal.documents.spaces import LEADING, SPACES
from muniment.trust.access import queries as access
from tests.guarantees.things import Things
from tests.portal.documents.uploading import add, events

MAY = {"viewer": {"document:view"}, "downloader": {"document:view", "document:download"}}
LOOKED_AT = ("document:view", "document:download", "document:rename", "document:share")


@pytest.fixture
def people(portal):
    """Give an actor for each of the six example roles, and a manager, at work in Okoye's space."""
    things, found = Things(portal, {}), {}
    for role in ("super-admin", "admin", "advisor", "analyst", "engineer", "user", "manager"):
        person_id = things.in_role(role)
        kind: Kind = "contact" if role in {"user", "manager"} else "staff"
        verbs = access.firm_verbs(person_id) if kind == "staff" else frozenset()
        found[role] = Actor(kind=kind, person_id=person_id, client_id=portal.okoye, firm_verbs=verbs)
    return found


def verbs_in(actor, folder_ids, document_id):
    """Return what somebody may do with a document, each asked for by itself."""
    found = set()
    for verb in LOOKED_AT:
        try:
            queries.document(actor, document_id, verb)
        except NotFound:
            continue
        found.add(verb)
    with acting_as(actor):
        assert found == access.verbs_at(actor, {*folder_ids, document_id}) & set(LOOKED_AT)
    return found


@pytest.mark.control("example-datasets", "example-roles", "group-roles", "need-to-know")
@pytest.mark.parametrize("kind", sorted(SPACES))
def test_each_role_finds_in_a_space_what_its_kind_says(people, kind: str):
    space = SPACES[kind]

    made = actions.create_space(people["advisor"], kind=kind)

    assert (made.label, made.is_closed) == (space.label, True)
    inner = queries.folders_in(people["advisor"], made.id)
    assert {row.name for row in inner} == set(space.folders)
    assert {row.label for row in inner} == {space.label}
    paper = add(people["advisor"], "a.txt", b"a", folder_id=inner[0].id)
    assert queries.document(people["advisor"], paper.document_id).label == space.label
    for role, actor in people.items():
        given = LEADING if role == LEADING else space.gives.get(role, "")
        expected = {"": set(), "editor": set(LOOKED_AT[:3]), "advisor": set(LOOKED_AT)} | MAY
        assert verbs_in(actor, (made.id, inner[0].id), paper.document_id) == expected[given], role
        assert (made.id in {row.id for row in queries.folders_in(actor)}) == bool(given)
    assert events(people["advisor"], made.id)[0] == "space.created"


@pytest.mark.control("example-datasets", "file-level-need")
def test_money_is_apart_from_papers(ben, cleo, dan, portal):
    finance = actions.create_space(ben, kind="finance")
    projects = actions.create_space(ben, kind="projects", name="Shared work")

    assert {row.id for row in queries.folders_in(cleo)} == {finance.id, projects.id}
    with pytest.raises(NotFound):
        queries.folder_place(dan, finance.id)


@pytest.mark.control("group-roles")
def test_the_groups_of_a_client_serve_all_its_spaces(ben, people):
    actions.create_space(ben, kind="statistics")
    first = {group.name: group.members for group in access.groups(ben)}
    actions.create_space(ben, kind="plans")

    assert {group.name: group.members for group in access.groups(ben)} == first
    assert first["Engineers"] == (people["engineer"].person_id,)


def test_only_some_make_spaces_and_only_of_known_kinds(ben, cleo, dan, mallory):
    for other in (cleo, dan, mallory):
        with pytest.raises(NotFound):
            actions.create_space(other, kind="finance")
    with pytest.raises(Invalid):
        actions.create_space(ben, kind="secrets")


def test_a_page_shows_what_each_role_gets_and_makes_the_space(ben, browser_of, portal):
    browser, address = browser_of("ben"), f"/{ids.public(portal.okoye)}/documents/new-space/"

    page = browser.get(address, secure=True).content.decode()
    assert all(str(space.title) in page for space in SPACES.values())
    assert browser.post(address, {"kind": "code", "name": "Product"}, secure=True).status_code == 302
    assert browser.post(address, {"kind": "none"}, secure=True).status_code == 422

    assert [(row.name, row.label) for row in queries.folders_in(ben)] == [("Product", "restricted")]
