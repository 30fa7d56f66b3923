"""After several failures a proof of work: made here, good once, for everybody, and never for a right first try."""

import base64
import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.cast import PASSWORD
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.proof import asked, solution, solved
from tests.trust.identity.test_limits import later

CLEO, DAN, NOBODY = "cleo@okoye.example", "dan@okoye.example", "nobo@nowhe.example"
WRONG = "not the password at all"
SOURCE = "192.0.2.10"
__all__ = ["later"]


def failed(times=3, email=CLEO, **browser):
    """Fail so often, and return the last page."""
    for _ in range(times - 1):
        Visitor(**browser).password(email, WRONG)
    return Visitor(**browser).password(email, WRONG)


def post(given, password=PASSWORD, email=CLEO, **browser):
    return Visitor(**browser).post("/sign-in/", {"login": email, "password": password, **given})


@pytest.mark.control("captcha")
@pytest.mark.parametrize("email", [CLEO, NOBODY])
def test_the_third_failure_asks_for_a_sum_and_nothing_is_checked_without(portal, email, events):
    assert not asked(failed(2, email))
    assert asked(failed(1, email)), "the page has it before it is needed"
    before = events(portal.okoye)

    answer = post({}, email=email)

    assert answer.status_code == 403
    assert "several failed tries" in answer.content.decode()
    assert asked(answer)
    assert events(portal.okoye) == before, "no try was counted"
    assert events(portal.firm_id)[0] == "act.refused"


@pytest.mark.control("captcha")
def test_with_the_sum_done_the_right_password_signs_in(portal):
    assert post(solved(failed())).status_code == 302


@pytest.mark.control("captcha")
def test_a_solution_is_taken_once(portal):
    given = solved(failed())
    assert post(given, password=WRONG).status_code == 200

    assert post(given).status_code == 403


@pytest.mark.control("captcha")
def test_a_solution_written_in_another_way_is_the_same_one(portal):
    """What nobody signed may be added to it, and makes no second one of it."""
    given = solved(failed())
    assert post(given, password=WRONG).status_code == 200

    for more in ({"x": 1}, {"keySignature": None}):
        assert post({**given, "altcha": _changed(given["altcha"], **more)}).status_code == 403


def test_one_solution_at_the_same_moment_is_taken_once(portal):
    from django.db import connection

    from muniment.trust.identity import proofs
    from muniment.trust.identity.errors import ProofNeeded

    given = solution(proofs.challenge(SOURCE))

    def take(_):
        try:
            proofs.insist(SOURCE, solved=given, asked="")
        except ProofNeeded:
            return 0
        else:
            return 1
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(take, range(12))) == 1


@pytest.mark.control("captcha")
def test_a_solution_is_good_for_the_source_it_was_made_for(portal):
    given = solved(failed())
    failed(ip="198.51.100.7")

    assert post(given, ip="198.51.100.7").status_code == 403


def _changed(payload, **parameters):
    found = json.loads(base64.b64decode(payload))
    found["challenge"]["parameters"] |= parameters
    return base64.b64encode(json.dumps(found).encode()).decode()


@pytest.mark.control("captcha")
@pytest.mark.parametrize(
    "forge",
    [
        lambda real: _changed(real, cost=1),
        lambda real: _changed(real, keyPrefix=""),
        lambda real: _changed(real, expiresAt=9_999_999_999),
        lambda real: _changed(real, data=None),
        lambda real: _changed(real, data={"for": 1, "at": "x"}),
        lambda _: "x",
        lambda _: base64.b64encode(b"[" * 900).decode(),
        lambda _: base64.b64encode(b'{"challenge": 1}').decode(),
        lambda _: base64.b64encode(b"null").decode(),
        lambda _: base64.b64encode(b"\xff\xfe").decode(),
        lambda real: _changed(real, data={"for": "\ud800", "at": 1}),
        lambda real: _changed(real, nonce="\ud800"),
        lambda real: _changed(real, expiresAt=float("nan")),
        lambda _: "é" * 100,
        lambda _: "A" * 100_000,
    ],
)
def test_what_we_did_not_make_is_no_proof(portal, forge):
    real = solved(failed())["altcha"]

    assert post({"asked": "", "altcha": forge(real)}).status_code == 403
    assert post({"asked": forge(real), "altcha": ""}).status_code == 403


@pytest.mark.parametrize(
    "wrong", [{"counter": "1"}, {"counter": 10**100}, {"counter": -1}, {"derivedKey": 5}, {"derivedKey": "\ud800"}, {}]
)
def test_what_is_no_solution_is_no_proof(portal, wrong):
    given = solved(failed())
    found = json.loads(base64.b64decode(given["altcha"]))
    found["solution"] = {**found["solution"], **wrong} if wrong else {}

    assert post({**given, "altcha": base64.b64encode(json.dumps(found).encode()).decode()}).status_code == 403


def test_a_wrong_solution_is_no_proof(portal):
    given = solved(failed())
    found = json.loads(base64.b64decode(given["altcha"]))
    found["solution"]["counter"] += 1
    found["solution"]["derivedKey"] = "00" * 32

    answer = post({**given, "altcha": base64.b64encode(json.dumps(found).encode()).decode()})

    assert answer.status_code == 403


@pytest.mark.control("captcha")
def test_without_scripts_a_minute_of_waiting_does(portal, later):
    given = {"asked": asked(failed()), "altcha": ""}

    early = post(given)
    assert early.status_code == 403
    assert "Please wait" in early.content.decode()
    assert asked(early) == given["asked"], "whoever waits goes on waiting for the same one"

    later(seconds=61)
    assert post(given).status_code == 302


def test_who_fetched_many_pages_has_waited_once(portal, later):
    pages = [{"asked": asked(failed(1 if number else 3)), "altcha": ""} for number in range(2)]
    later(seconds=120)

    assert post(pages[0], password=WRONG).status_code in {200, 429}
    assert post(pages[1]).status_code in {403, 429}


@pytest.mark.control("captcha", "login-lockout")
def test_a_neighbour_behind_the_same_address_needs_none(portal):
    failed()

    assert Visitor().password(DAN).status_code == 302


def test_where_much_failed_every_stranger_needs_one_from_the_first_page_on(portal):
    for number in range(20):
        Visitor().password(f"p{number}@x.example", WRONG)

    page = Visitor().get("/sign-in/")
    assert asked(page)
    assert Visitor().password(DAN).status_code == 403
    assert post(solved(page), email=DAN).status_code == 302


def test_who_signed_in_from_there_before_needs_none_for_what_others_failed(portal):
    Visitor().sign_in("dan")
    for number in range(20):
        Visitor().password(f"p{number}@x.example", WRONG)

    assert Visitor().password(DAN).status_code == 302


@pytest.mark.control("captcha")
def test_asking_for_reset_links_costs_a_sum_from_the_second_on(portal):
    def ask(given=None):
        return Visitor().post("/account/password/reset/", {"email": CLEO, **(given or {})})

    assert ask().status_code == 302
    answer = ask()
    assert answer.status_code == 403
    assert ask(solved(answer)).status_code == 302


@pytest.mark.control("captcha")
def test_no_picture_and_nobody_else_is_asked(portal):
    page = failed().content.decode()

    box = page[page.index("data-proof") :]
    box = box[: box.index("</form>")]
    assert "<img" not in box
    assert "http" not in box
    assert 'role="status"' in box
    assert "without-js" in box
