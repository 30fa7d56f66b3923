"""Nothing leads past the confirmation: not a looser label, not a move, not a folder around, not another tab."""

from dataclasses import replace
from typing import Any

import pytest

from muniment.core import ids
from muniment.portal.documents import actions as documents
from muniment.trust.access.errors import ConfirmFirst
from muniment.trust.access.types import FRESH_MINUTES
from tests.cast import PEOPLE, Portal
from tests.guarantees.things import CONTENT, add_document
from tests.trust.identity.authenticators import Authenticator, enrol, options, with_passkey
from tests.trust.identity.browsers import Visitor, app_code, forget_used_codes, person_id
from tests.trust.identity.steps.profiles import drop_factors, set_profile
from tests.trust.identity.test_stepping_up import invite_page, later


def stale(actor):
    return replace(actor, session_id=ids.new(), proved_at=None)


@pytest.fixture
def restricted(portal: Portal):
    """Give a restricted document at the top of Okoye's papers."""
    cleo = portal.actor("cleo")
    document_id = add_document(cleo, "Lease.pdf", CONTENT).document_id
    documents.set_label(cleo, target="document", target_id=document_id, label="restricted")
    return document_id


@pytest.mark.control("step-up-new-device")
def test_a_label_is_not_loosened_first(portal: Portal, restricted):
    cleo = portal.actor("cleo")
    loosen = {"target": "document", "target_id": restricted, "label": "normal", "widen": True}

    with pytest.raises(ConfirmFirst):
        documents.set_label(stale(cleo), **loosen)
    documents.set_label(stale(cleo), target="document", target_id=restricted, label="restricted")
    assert documents.set_label(cleo, **loosen) == 1


@pytest.mark.control("step-up-new-device")
def test_what_is_restricted_is_not_shared_with_the_folder_around_it(portal: Portal, restricted):
    cleo = portal.actor("cleo")
    outer = documents.create_folder(cleo, name="Outer").id
    inner = documents.create_folder(cleo, name="Inner", parent_id=outer).id
    given: dict[str, Any] = {"folder_id": outer, "person_id": portal.people["dan"], "role": "viewer", "purpose": "Look"}
    documents.share_folder(stale(cleo), **given)
    documents.move_document(cleo, document_id=restricted, folder_id=inner, widen=True)

    with pytest.raises(ConfirmFirst):
        documents.share_folder(stale(cleo), **given)
    assert documents.share_folder(cleo, **given).scope_id == outer


@pytest.mark.control("step-up-new-device")
def test_what_is_restricted_is_not_moved_to_where_others_see_it(portal: Portal, restricted):
    cleo = portal.actor("cleo")
    closed = documents.create_folder(cleo, name="Closed").id
    way = next(grant.id for grant in _ways(cleo) if grant.person_id == cleo.person_id and grant.scope_id is None)
    documents.move_document(cleo, document_id=restricted, folder_id=closed)
    documents.close_folder(cleo, folder_id=closed, stay=[way])
    out = {"document_id": restricted, "folder_id": None, "widen": True}

    with pytest.raises(ConfirmFirst):
        documents.move_document(stale(cleo), **out)
    with pytest.raises(ConfirmFirst):
        documents.open_folder(stale(cleo), folder_id=closed, widen=True)
    documents.move_document(cleo, **out)
    documents.open_folder(stale(cleo), folder_id=closed, widen=True)


def _ways(actor):
    from muniment.trust.access import queries

    return queries.visible_grants(actor)


@pytest.mark.control("step-up-new-device")
def test_what_another_tab_sent_is_not_what_was_confirmed(portal: Portal):
    cleo = Visitor().sign_in("cleo")
    later(cleo, FRESH_MINUTES + 1)
    given = {"email": "new@okoye.example", "role": "user", "until": ""}
    mine = cleo.post(invite_page(portal), {**given, "name": "New Person", "purpose": "Helps us"})
    theirs = cleo.post(invite_page(portal), {**given, "name": "Mallory", "purpose": "Takes it all"})

    forget_used_codes(person_id("cleo"))
    onward = [cleo.get(answer["Location"]).context["next"] for answer in (mine, theirs)]
    answer = cleo.post("/account/confirm/code/", {"code": app_code("cleo"), "next": onward[0]})

    assert answer["Location"] == onward[0]
    assert cleo.get(onward[0])["Location"] == "/"
    assert "Takes it all" in cleo.get(onward[1]).content.decode()


@pytest.mark.control("step-up-new-device", "mfa-required")
@pytest.mark.parametrize("path", ["/account/passkeys/add/", "/account/factor/"])
def test_a_stolen_session_of_somebody_without_a_factor_makes_no_proof_of_its_own(portal: Portal, path: str):
    set_profile(portal.okoye, mfa_mode="optional")
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(PEOPLE["cleo"][1])
    later(cleo, FRESH_MINUTES + 1)
    assert cleo.is_signed_in()

    answers = [cleo.get(path), cleo.post(path, {"begin": "1", "kind": "passkey", "name": "Mine"})]

    assert answers[0]["Location"] == f"/sign-in/?next={path}"
    assert answers[1].status_code == 302
    assert not cleo.is_signed_in()


def test_somebody_without_a_factor_who_just_signed_in_enrols(portal: Portal):
    set_profile(portal.okoye, mfa_mode="optional")
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(PEOPLE["cleo"][1])

    assert enrol(cleo, Authenticator()).status_code == 302


def test_who_must_enrol_takes_as_long_as_they_need(portal: Portal):
    set_profile(portal.okoye, mfa_mode="required")
    drop_factors("cleo")
    cleo = Visitor()
    cleo.password(PEOPLE["cleo"][1])
    later(cleo, FRESH_MINUTES + 30)

    assert enrol(cleo, Authenticator()).status_code == 302


@pytest.mark.control("brute-force-limit")
def test_nobody_uses_up_the_passkeys_of_a_neighbour(portal: Portal, monkeypatch):
    from muniment.trust.identity.passkeys import proving

    known = Visitor().sign_in("cleo")
    known.browser.cookies.pop("__Host-session")
    monkeypatch.setattr(proving, "CHALLENGES", 2)
    stranger = Visitor()
    for _ in range(2):
        options(stranger, "/sign-in/passkey/")

    assert stranger.post("/sign-in/passkey/", {"begin": "1"}).status_code == 429
    assert options(known, "/sign-in/passkey/")["publicKey"]["rpId"] == "localhost"


@pytest.mark.control("step-up-new-device")
@pytest.mark.parametrize("kind", ["passkey", "key"])
def test_a_passkey_on_a_device_that_lies_open_confirms_nothing(portal: Portal, kind: str):
    device = with_passkey("cleo", kind, verifies=kind == "passkey")
    cleo = Visitor().sign_in("cleo")
    device.verifies = False

    asked = options(cleo, "/account/confirm/passkey/")
    answer = cleo.post("/account/confirm/passkey/", {"credential": device.prove(asked)})

    assert asked["publicKey"]["userVerification"] == ("required" if kind == "passkey" else "preferred")
    assert answer.status_code == (422 if kind == "passkey" else 302)


def test_a_passkey_among_keys_confirms_nothing_without_its_holder(portal: Portal):
    device = with_passkey("cleo")
    with_passkey("cleo", "key")
    cleo = Visitor().sign_in("cleo")
    device.verifies = False

    asked = options(cleo, "/account/confirm/passkey/")

    assert asked["publicKey"]["userVerification"] == "preferred"
    assert cleo.post("/account/confirm/passkey/", {"credential": device.prove(asked)}).status_code == 422
