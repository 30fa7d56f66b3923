"""Nothing tells whether there is an account: neither status, words and headers, nor how long the answer takes.

Times of the known and the unknown are measured in turn, in one run, and their medians compared with how much the times
of one kind differ among themselves: a busy machine widens both.
"""

import functools
import re
import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.cast import PASSWORD, signed_in
from tests.trust.identity.browsers import Visitor, app_code, person_with

PAIRS = 100  # 200 tries
AT_LEAST = 40  # pairs, where both are so alike by then that sixty more would not part them
CLEO, NOBODY = "cleo@okoye.example", "nobo@nowhe.example"
WRONG = "not the password at all"
COUNTDOWN = re.compile(r'data-seconds="\d+"')  # until a session idles out
TOKENS = re.compile(r'(?<=["=/])[A-Za-z0-9_+/=-]{26,}(?=["/])')
OWN_HEADERS = {"X-Request-Id", "Set-Cookie", "Content-Length", "Expires"}  # of each answer alone

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("at_full_cost")]
Ask = Callable[[int], Any]
Times = tuple[list[float], list[float]]


def address(number: int) -> str:
    """Return a source that nobody used before."""
    return f"198.51.{number // 250}.{number % 250 + 1}"


def comparable(answer: Any, typed: str) -> tuple[int, dict[str, str], str]:
    """Return an answer without what is random in each, and without what was typed."""
    text = COUNTDOWN.sub("", answer.content.decode())
    body = TOKENS.sub("·", text.replace(typed, "typed") if typed else text)
    headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
    return answer.status_code, {name: TOKENS.sub("·", value) for name, value in headers.items()}, body


def measured(one: Ask, other: Ask, between: Callable[[], None], *, at_least: int = AT_LEAST) -> Times:
    """Return the seconds of each, asked in turn, each as often first as second."""
    times: Times = ([], [])
    for number in range(PAIRS):
        if number == at_least and alike(*times):
            break
        order = (0, 1) if number % 2 else (1, 0)
        for which in order:
            between()
            begun = time.perf_counter()
            (one, other)[which](number)
            times[which].append(time.perf_counter() - begun)
    return times


def spread(times: list[float]) -> float:
    """Return the distance of the quartiles."""
    low, _, high = statistics.quantiles(times, n=4)
    return high - low


def tells(one: list[float], other: list[float]) -> bool:
    """Return whether somebody could tell one from the other: medians further apart than half of what each varies.

    The median of a hundred wanders by about an eighth of that.
    """
    return abs(statistics.median(one) - statistics.median(other)) > max(spread(one), spread(other)) / 2


def alike(one: list[float], other: list[float]) -> bool:
    """Return whether the medians are so near already that they cannot end half of what each varies apart."""
    return abs(statistics.median(one) - statistics.median(other)) < max(spread(one), spread(other)) / 8


@pytest.fixture
def anew(portal):
    """Forget every counter and delay: each try is a first one."""
    from django.core.cache import cache

    from muniment.trust.identity.models import Lockout

    def forget() -> None:
        cache.clear()
        Lockout.objects.all().delete()

    return forget


def test_the_measure_itself_sees_a_hash_that_is_left_out():
    one, other = [0.040 + (n % 7) / 1000 for n in range(100)], [0.005 + (n % 7) / 1000 for n in range(100)]

    assert tells(one, other)
    assert not tells(one, list(reversed(one)))
    assert alike(one, list(reversed(one)))
    assert not alike(one, [seconds + 0.001 for seconds in one])


@pytest.mark.control("login-lockout")
@pytest.mark.parametrize("times", [1, 3, 5, 6], ids=["wrong", "with-a-sum", "delayed", "turned-away"])
def test_signing_in_answers_alike(portal, times):
    for _ in range(times - 1):
        Visitor().password(CLEO, WRONG)
        Visitor().password(NOBODY, WRONG)

    known, unknown = Visitor().password(CLEO, WRONG), Visitor().password(NOBODY, WRONG)

    assert comparable(known, CLEO) == comparable(unknown, NOBODY)


def test_signing_in_takes_as_long(portal, anew):
    known, unknown = measured(
        lambda number: Visitor(ip=address(number)).password(CLEO, WRONG),
        lambda number: Visitor(ip=address(number)).password(NOBODY, WRONG),
        anew,
        at_least=PAIRS,
    )

    assert not tells(known, unknown), (statistics.median(known), statistics.median(unknown), spread(known))


@pytest.fixture
def of_three(portal):
    """Let the contact belong to three clients."""
    from muniment.core.actor import Actor
    from muniment.core.db.binding import Binding
    from muniment.core.unit import bound
    from muniment.trust.clients import actions as clients
    from muniment.trust.identity import actions

    firm = Actor.system(portal.firm_id, purpose="Set up the tests")
    opened = [portal.brandt, actions.open_client(firm, name="Third Ltd", line="").id]
    for client_id in opened:
        with bound(Binding(client_id)):
            clients.join(client_id, portal.people["cleo"], "contact")
    return [portal.okoye, *opened]


def statements(act: Callable[[], Any]) -> list[str]:
    """Return every statement of a request, in their order, but for how savepoints end."""
    from django.db import connection

    found: list[str] = []

    def keep(execute: Any, sql: str, parameters: Any, many: Any, context: Any) -> Any:
        if "SAVEPOINT" not in sql:
            found.append(" ".join(sql.split())[:60])
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(keep):
        act()
    return found


@pytest.mark.control("login-lockout")
def test_the_same_is_asked_of_the_database_whoever_it_is_and_wherever_they_belong(of_three, anew):
    """Work that grew with each client would tell that an address is known, and of how many clients."""

    def tries(email: str) -> list[str]:
        anew()
        return statements(lambda: Visitor().password(email, WRONG))

    def asks(email: str) -> list[str]:
        anew()
        return statements(lambda: Visitor().post("/account/password/reset/", {"email": email}))

    everybody = (CLEO, "mallory@brandt.example", NOBODY)
    for email in everybody:  # what is asked once and remembered: keys, the firm
        tries(email)
        asks(email)
    of_nobody, asks_of_nobody = tries(NOBODY), asks(NOBODY)
    for email in everybody[:-1]:
        assert tries(email) == of_nobody
        assert asks(email) == asks_of_nobody
    assert any("letter" in one for one in asks_of_nobody)


@pytest.mark.control("login-lockout")
def test_each_client_of_a_person_has_the_failure_in_its_log_once_the_worker_went_by(of_three, events):
    from muniment.core.actor import Actor
    from muniment.trust.audit import queries as log
    from muniment.trust.identity import jobs

    Visitor().password(CLEO, WRONG)
    assert [events(client_id)[0] == "session.failed" for client_id in of_three].count(True) == 1

    first = log.entries(Actor.system(of_three[0]), limit=1)[0]
    jobs.note_elsewhere(client_id=str(of_three[0]), entry_id=str(first.id))

    for client_id in of_three[1:]:
        entry = log.entries(Actor.system(client_id), limit=1)[0]
        assert (entry.event, entry.ip, entry.device, entry.request) == (
            "session.failed",
            first.ip,
            first.device,
            first.request,
        )
        assert entry.facts == {**first.facts, "tried_at": first.at.isoformat(timespec="seconds")}


def test_of_nobody_the_worker_writes_nothing(portal, events):
    from muniment.core.actor import Actor
    from muniment.trust.audit import queries as log
    from muniment.trust.identity import jobs

    Visitor().password(NOBODY, WRONG)
    first = log.entries(Actor.system(portal.firm_id), limit=1)[0]
    before = [events(client_id) for client_id in (portal.firm_id, portal.okoye)]

    jobs.note_elsewhere(client_id=str(portal.firm_id), entry_id=str(first.id))

    assert first.event == "session.failed"
    assert [events(client_id) for client_id in (portal.firm_id, portal.okoye)] == before


def test_the_failure_that_brings_a_delay_takes_as_long(portal, anew):
    from muniment.trust.identity import limits

    def fifth(email: str, number: int) -> None:
        begun = time.perf_counter()
        Visitor(ip=address(number)).password(email, WRONG)
        took.append(time.perf_counter() - begun)

    times: dict[str, list[float]] = {CLEO: [], NOBODY: []}
    for number in range(PAIRS):
        if number == AT_LEAST and alike(*times.values()):
            break
        for email in (CLEO, NOBODY) if number % 2 else (NOBODY, CLEO):
            anew()
            for _ in range(limits.PASSWORD.tries - 1):
                limits.begin(limits.PASSWORD, account=email, ip=address(number))
            took = times[email]
            with_proof(functools.partial(fifth, email, number))

    assert not tells(times[CLEO], times[NOBODY]), [statistics.median(times[email]) for email in times]


def with_proof(act: Callable[[], None]) -> None:
    """Let the pages ask for no sum: the act is the last try before a delay."""
    from muniment.trust.identity import proving

    kept = proving.ASKING
    proving.ASKING = frozenset()  # type: ignore[misc] # for this one try
    try:
        act()
    finally:
        proving.ASKING = kept  # type: ignore[misc]


def test_asking_for_a_reset_answers_alike(portal):
    for _ in range(5):
        known = Visitor().post("/account/password/reset/", {"email": CLEO})
        unknown = Visitor().post("/account/password/reset/", {"email": NOBODY})

        assert comparable(known, CLEO) == comparable(unknown, NOBODY)


def test_asking_for_a_reset_takes_as_long(portal, anew):
    known, unknown = measured(
        lambda number: Visitor(ip=address(number)).post("/account/password/reset/", {"email": CLEO}),
        lambda number: Visitor(ip=address(number)).post("/account/password/reset/", {"email": NOBODY}),
        anew,
    )

    assert not tells(known, unknown), (statistics.median(known), statistics.median(unknown), spread(known))


def test_inviting_somebody_known_elsewhere_answers_alike_and_takes_as_long(portal, anew):
    """A manager of one client learns nothing of who has an account with another."""
    from muniment.core import ids

    manager = signed_in(portal.people["cleo"])
    path = f"/{ids.public(portal.okoye)}/people/invite/"
    known_one, unknown_one = "mallory@brandt.example", "nobody1@nowhere.exampl"

    def invite(email: str) -> Any:
        given = {"name": "Somebody", "email": email, "role": "user", "purpose": "Helps out", "until": ""}
        answer = manager.post(path, given, secure=True)
        assert answer.status_code == 200, answer.content
        return answer

    assert comparable(invite(known_one), known_one) == comparable(invite(unknown_one), unknown_one)
    known, unknown = measured(lambda _: invite(known_one), lambda _: invite(unknown_one), lambda: None)
    assert not tells(known, unknown), (statistics.median(known), statistics.median(unknown), spread(known))


def test_an_invitation_that_never_was_and_one_that_was_withdrawn_are_one(portal):
    from muniment.core import ids
    from muniment.trust.identity import actions

    made, path = actions.invite_person(
        portal.actor("cleo"), email="eve@okoye.example", name="Eve", role="user", purpose="Helps out"
    )
    actions.withdraw_invitation(portal.actor("cleo"), invitation_id=made.id)
    never = f"/invitations/{ids.public(portal.okoye)}/{'x' * 43}/"

    assert comparable(Visitor().get(path), "") == comparable(Visitor(ip=address(1)).get(never), "")


def test_a_wrong_code_and_a_used_one_are_one(portal, anew):
    """Who has the password but not the app learns nothing of codes, nor whether there are recovery codes left."""
    from allauth.mfa.models import Authenticator

    used = app_code("cleo")
    row = Authenticator.objects.get(user_id=person_with(CLEO), type="totp")
    row.data["last_counter"] = 10**9
    row.save()

    def give(code: str, number: int) -> Any:
        visitor = Visitor(ip=address(number))
        visitor.password(CLEO, PASSWORD)
        begun = time.perf_counter()
        answer = visitor.code(code)
        took.append(time.perf_counter() - begun)
        return answer

    times: Times = ([], [])
    answers = []
    for number in range(PAIRS):
        if number == AT_LEAST and alike(*times):
            break
        for which, code in enumerate((used, "000000")):
            anew()
            took = times[which]
            answers.append(comparable(give(code, number), code))

    assert len({str(answer) for answer in answers}) == 1
    assert not tells(*times), [statistics.median(found) for found in times]
