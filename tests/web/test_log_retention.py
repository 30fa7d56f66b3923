"""The page on which those who administer set how long a client's log says who did what."""

import pytest

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.trust.retention import queries
from muniment.trust.retention.jobs import shorten
from muniment.trust.retention.types import Periods
from tests.cast import Portal, signed_in
from tests.trust.retention.test_log_retention import grow_older
from tests.worker import as_worker


@pytest.mark.control("audit-retention")
def test_an_admin_sees_and_sets_the_periods(portal: Portal):
    browser = signed_in(portal.people["ada"])
    client = f"/{ids.public(portal.okoye)}/"
    path = f"{client}log/retention/"

    before = browser.get(path, secure=True).content.decode()
    saved = browser.post(path, {"hipaa": "on", "private_months": "", "core_months": "130"}, secure=True)
    after = browser.get(path, secure=True).content.decode()

    assert f'href="{path}"' in browser.get(client, secure=True).content.decode()
    assert "13 months" in before
    assert "120 months" in before
    assert saved.status_code == 302
    assert "72 months" in after
    assert "130 months" in after
    assert "Ada Harcourt" in after
    assert queries.log_retention(portal.actor("ada", portal.okoye)).periods == Periods(72, 130)


def test_only_a_period_that_somebody_chose_stands_in_the_form(portal: Portal):
    browser = signed_in(portal.people["ada"])
    path = f"/{ids.public(portal.okoye)}/log/retention/"

    browser.post(path, {"pci": "on", "private_months": "", "core_months": "130"}, secure=True)
    page = browser.get(path, secure=True).content.decode()

    assert 'value="130"' in page
    assert 'value="13"' not in page


@pytest.mark.control("audit-retention")
@pytest.mark.parametrize("values", [{"private_months": "11"}, {"hipaa": "on", "core_months": "71"}])
def test_the_page_says_why_a_period_is_too_short(portal: Portal, values: dict[str, str]):
    browser = signed_in(portal.people["ada"])

    answer = browser.post(f"/{ids.public(portal.okoye)}/log/retention/", values, secure=True)

    assert answer.status_code == 422
    assert "has to be kept longer" in answer.content.decode()


@pytest.mark.control("audit-retention", "gdpr-minimisation")
def test_an_entry_over_its_period_names_nobody_and_is_still_shown(portal: Portal):
    grow_older(portal.okoye, 14 * 31)
    with as_worker():
        shorten(Actor.system(portal.okoye))

    page = signed_in(portal.people["cleo"]).get(f"/{ids.public(portal.okoye)}/log/", secure=True).content.decode()

    assert "No longer named" in page
    assert "opened this client" in page
    assert "dropped from this log what was over its period" in page


@pytest.mark.parametrize("name", ["ben", "cleo", "mallory"])
def test_nobody_else_comes_to_the_page(portal: Portal, name: str):
    browser = signed_in(portal.people[name])

    assert browser.get(f"/{ids.public(portal.okoye)}/log/retention/", secure=True).status_code == 404
