"""The first steps of a new portal: taken in any order, put off, kept, and there again later."""

from muniment.trust.clients import queries as clients
from muniment.trust.identity.models import Letter
from muniment.trust.presentation import queries
from tests.cast import Portal, signed_in


def test_the_mail_that_is_tried_goes_to_oneself_and_its_way_is_shown(portal: Portal):
    ada = signed_in(portal.people["ada"])

    assert ada.post("/first-steps/mail/").status_code == 302

    letter = Letter.objects.order_by("-id")[0]
    assert letter.message["to"] == ["ada@harcourt.example"]
    assert queries.first_steps(portal.actor("ada")).mail_letter_id == letter.id
    assert "No mail server is set" in ada.get("/first-steps/").content.decode()


def test_a_step_that_is_put_off_can_be_taken_up_again(portal: Portal):
    ada = signed_in(portal.people["ada"])

    for step in ("look", "mail", "client", "invitation"):
        ada.post("/first-steps/skip/", {"step": step})

    assert "Take up what was put off" in ada.get("/first-steps/").content.decode()
    ada.post("/first-steps/resume/")
    assert "Take up what was put off" not in ada.get("/first-steps/").content.decode()


def test_an_unknown_step_is_not_there(portal: Portal):
    assert signed_in(portal.people["ada"]).post("/first-steps/skip/", {"step": "x"}).status_code == 404


def test_a_client_is_opened_and_somebody_invited_from_one_page(portal: Portal):
    from muniment.core import ids

    ada = signed_in(portal.people["ada"])
    before = set(clients.client_ids())

    assert ada.post("/first-steps/client/", {"name": "Lind Joinery", "line": ""}).status_code == 302
    (made,) = set(clients.client_ids()) - before
    given = {"client": ids.public(made), "name": "Rosa Lind", "email": "rosa@lind.example", "role": "manager"}
    done = ada.post("/first-steps/invitation/", given | {"purpose": "Year end"})

    assert done.status_code == 200
    assert "/invitations/" in done.content.decode()
    assert Letter.objects.order_by("-id")[0].message["to"] == ["rosa@lind.example"]


def test_bad_input_keeps_the_page_and_says_what_is_wrong(portal: Portal):
    ada = signed_in(portal.people["ada"])

    assert ada.post("/first-steps/client/", {"name": ""}).status_code == 422
    assert ada.post("/first-steps/invitation/", {"client": "x", "name": "", "email": "y"}).status_code == 422
