"""Labels: who sets them, what they do to what lies inside, and who is asked before more people see something."""

import pytest

from muniment.core.errors import Invalid, NotFound
from muniment.portal.documents import actions, queries
from muniment.portal.documents.errors import FirmsLabel, LooserThanItsFolder, WouldWiden
from tests.portal.documents.uploading import add, events


@pytest.fixture
def papers(cleo):
    """Give a folder with a folder and a document in it, and a document in the inner one."""
    outer = actions.create_folder(cleo, name="Papers")
    inner = actions.create_folder(cleo, name="Leases", parent_id=outer.id)
    return outer, inner, add(cleo, "a.txt", b"a", folder_id=outer.id), add(cleo, "b.txt", b"b", folder_id=inner.id)


def _label_of(actor, folder_id):
    here = queries.folder_place(actor, folder_id).here
    assert here is not None
    return here.label


def labels_of(actor, papers):
    outer, inner, first, second = papers
    return (
        _label_of(actor, outer.id),
        _label_of(actor, inner.id),
        queries.document(actor, first.document_id).label,
        queries.document(actor, second.document_id).label,
    )


def label(actor, folder, name, **more):
    return actions.set_label(actor, target="folder", target_id=folder.id, label=name, **more)


def test_a_stricter_label_is_given_to_all_in_a_folder_that_is_guarded_less(cleo, papers):
    actions.set_label(cleo, target="document", target_id=papers[3].document_id, label="restricted")

    assert label(cleo, papers[0], "confidential") == 3

    assert labels_of(cleo, papers) == ("confidential", "confidential", "confidential", "restricted")
    assert events(cleo, papers[0].id)[0] == "label.set"


@pytest.mark.control("file-level-need")
def test_a_looser_label_stays_with_the_folder_unless_said_otherwise(cleo, papers):
    label(cleo, papers[0], "restricted")

    label(cleo, papers[0], "normal")
    assert labels_of(cleo, papers) == ("normal", "restricted", "restricted", "restricted")

    label(cleo, papers[0], "restricted")
    label(cleo, papers[0], "confidential", with_all=True)
    assert labels_of(cleo, papers) == ("confidential",) * 4


def test_what_lies_in_a_folder_is_never_guarded_less_than_it(cleo, papers):
    label(cleo, papers[0], "confidential")

    with pytest.raises(LooserThanItsFolder):
        actions.set_label(cleo, target="document", target_id=papers[2].document_id, label="normal")
    with pytest.raises(LooserThanItsFolder):
        label(cleo, papers[1], "public")
    with pytest.raises(Invalid):
        label(cleo, papers[1], "secret")


def test_what_is_new_in_a_folder_has_its_label(cleo, papers):
    label(cleo, papers[1], "restricted")

    made = actions.create_folder(cleo, name="Old", parent_id=papers[1].id)
    added = add(cleo, "c.txt", b"c", folder_id=papers[1].id)

    assert made.label == "restricted"
    assert queries.document(cleo, added.document_id).label == "restricted"


def test_what_moves_into_a_stricter_folder_is_raised_and_what_moves_out_is_not_lowered(cleo, papers):
    outer, inner, first, _second = papers
    strict = actions.create_folder(cleo, name="Strict")
    label(cleo, strict, "restricted")

    actions.move_folder(cleo, folder_id=inner.id, parent_id=strict.id)
    actions.move_document(cleo, document_id=first.document_id, folder_id=strict.id)
    assert labels_of(cleo, papers) == ("normal", "restricted", "restricted", "restricted")

    actions.move_folder(cleo, folder_id=inner.id, parent_id=outer.id)
    actions.move_document(cleo, document_id=first.document_id, folder_id=None)
    assert labels_of(cleo, papers) == ("normal", "restricted", "restricted", "restricted")


def test_what_is_in_the_trash_is_raised_too(cleo, papers):
    actions.trash_document(cleo, document_id=papers[2].document_id)

    label(cleo, papers[0], "restricted")

    assert actions.restore_document(cleo, document_id=papers[2].document_id).label == "restricted"


@pytest.mark.control("need-to-know")
def test_nobody_of_the_client_sees_what_is_internal(ben, cleo, dan, papers):
    actions.share_document(
        cleo, document_id=papers[2].document_id, person_id=dan.person_id, role="viewer", purpose="Look"
    )
    label(ben, papers[0], "internal")

    for contact in (cleo, dan):
        assert queries.folders_in(contact) == []
        for document in papers[2:]:
            with pytest.raises(NotFound):
                queries.document(contact, document.document_id)
    assert labels_of(ben, papers) == ("internal",) * 4
    assert [reader.person_id for reader in queries.readers(ben, "document", papers[2].document_id)] == [ben.person_id]


def test_what_was_internal_is_not_shown_to_the_client_without_agreement(ben, cleo, dan, papers):
    actions.share_document(
        cleo, document_id=papers[3].document_id, person_id=dan.person_id, role="viewer", purpose="Look"
    )
    label(ben, papers[0], "internal")

    with pytest.raises(WouldWiden) as refusal:
        label(ben, papers[0], "normal", with_all=True)
    assert refusal.value.person_ids == {cleo.person_id, dan.person_id}
    assert labels_of(ben, papers) == ("internal",) * 4
    assert set(queries.newly_by_label(ben, "folder", papers[0].id, "normal", with_all=False)) == {cleo.person_id}

    label(ben, papers[0], "normal", with_all=True, widen=True)
    assert queries.document(dan, papers[3].document_id).label == "normal"


def test_a_looser_label_for_which_conditions_ask_less_takes_agreement_too(ben, cleo, portal, papers):
    from muniment.trust.access import actions as grants
    from muniment.trust.access.types import Profile, Side, Terms

    strict = Side(labels=(("restricted", Terms(passkey_for=frozenset({"download", "view"}))),))
    grants.set_profile(portal.actor("ada", portal.okoye), profile=Profile(contacts=strict))
    actions.set_label(ben, target="document", target_id=papers[2].document_id, label="restricted")

    with pytest.raises(WouldWiden) as refusal:
        actions.set_label(ben, target="document", target_id=papers[2].document_id, label="normal")

    assert refusal.value.person_ids == {cleo.person_id}


def test_only_the_firm_makes_something_internal_and_only_some_set_labels(ben, cleo, dan, mallory, papers):
    actions.share_folder(cleo, folder_id=papers[0].id, person_id=dan.person_id, role="editor", purpose="Work")

    with pytest.raises(FirmsLabel):
        label(cleo, papers[0], "internal")
    for other in (dan, mallory):
        with pytest.raises(NotFound):
            label(other, papers[0], "restricted")
    assert label(ben, papers[0], "restricted") == 4


def test_pages_ask_before_more_people_see_something(ben, cleo, dan, papers, browser_of, portal):
    from muniment.core import ids

    browser, client = browser_of("ben"), ids.public(portal.okoye)
    address = f"/{client}/documents/folders/{ids.public(papers[0].id)}/label/"
    label(ben, papers[0], "internal")

    assert browser.get(address, secure=True).status_code == 200
    asked = browser.post(address, {"label": "normal"}, secure=True)
    assert asked.status_code == 422
    assert "Cleo Okoye" in asked.content.decode()
    assert browser.post(address, {"label": "normal", "widen": "on"}, secure=True).status_code == 302

    assert _label_of(cleo, papers[0].id) == "normal"
    page = browser_of("cleo").get(f"/{client}/documents/{ids.public(papers[2].document_id)}/label/", secure=True)
    assert "Internal" not in page.content.decode()
