"""What a client's profile says about requests and reviews: who decides, how often, and what an emergency opens."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.portal.documents import actions as documents
from muniment.trust.access import actions as access
from muniment.trust.access import queries
from muniment.trust.access.errors import ConditionsRefuse
from muniment.trust.access.types import Action, Profile, Side, Terms
from muniment.trust.oversight import actions, jobs
from muniment.trust.oversight import queries as oversight
from tests.trust.oversight.people import Firm
from tests.worker import as_worker

ASKED: dict[str, Any] = {"role": "analyst", "reason": "A fault", "hours": 4}
CONTENT: frozenset[Action] = frozenset({"view", "download"})


def set_profile(firm: Firm, profile: Profile) -> None:
    access.set_profile(Actor.system(firm.portal.okoye), profile=profile)


def given(firm: Firm, *, is_emergency: bool) -> Actor:
    """Let Ada ask and Eli give; return Ada as her next request finds her."""
    ada = firm.at_okoye(firm.ada)
    asked = actions.ask_access(ada, **ASKED, is_emergency=is_emergency)
    actions.give_access(firm.at_okoye(firm.eli), request_id=asked.id)
    return replace(ada, emergency=queries.standing(ada).emergency)


@pytest.mark.control("need-to-know")
def test_an_emergency_opens_at_any_place_and_a_plain_request_does_not(firm: Firm):
    far = Terms(countries=frozenset({"NZ"}), places_for=CONTENT)  # Ada's address is in no known country
    set_profile(firm, Profile(staff=Side(terms=far)))
    document_id = firm.things.values["document_id"]

    plain = given(firm, is_emergency=False)
    with pytest.raises(ConditionsRefuse):
        documents.view_document(plain, document_id=document_id)
    (running,) = [one for one in oversight.requests(plain) if one.state == "given"]
    actions.end_access(plain, request_id=running.id)

    documents.view_document(given(firm, is_emergency=True), document_id=document_id)


def test_an_emergency_does_not_open_without_the_second_factor(firm: Firm):
    set_profile(firm, Profile(staff=Side(terms=Terms(second_factor_for=CONTENT))))
    document_id = firm.things.values["document_id"]
    ada = given(firm, is_emergency=True)

    with pytest.raises(ConditionsRefuse):
        documents.view_document(ada, document_id=document_id)

    documents.view_document(replace(ada, factors=("password", "totp")), document_id=document_id)


def test_the_clients_manager_decides_where_its_profile_says_so(firm: Firm):
    set_profile(firm, Profile(approver="manager"))
    asked = actions.ask_access(firm.at_okoye(firm.imani), **ASKED)

    for nobody in (firm.at_okoye(firm.ada), firm.portal.actor("ben")):
        with pytest.raises(NotFound):
            actions.give_access(nobody, request_id=asked.id)

    assert actions.give_access(firm.portal.actor("cleo"), request_id=asked.id).state == "given"


def test_reviews_begin_as_often_as_the_profile_says(firm: Firm, pass_time):
    set_profile(firm, Profile(review_days=30))
    pass_time(timedelta(days=31))

    with as_worker():
        jobs.review_access(0)

    begun = {place for place, review in oversight.overview(firm.ada) if review is not None}
    assert begun == {firm.portal.okoye}
