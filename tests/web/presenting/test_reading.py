"""Pages and mails in the language and the time zone of who reads them."""

from datetime import UTC, datetime

import pytest

from muniment.core import times
from muniment.core.errors import Invalid, NotFound
from muniment.trust.access import actions as access
from muniment.trust.access.types import Profile
from muniment.trust.identity import actions, queries
from muniment.trust.identity.models import Letter, Person
from muniment.trust.presentation import actions as presentation
from muniment.trust.presentation.types import Texts
from tests.cast import Portal, signed_in

MOMENT = datetime(2026, 1, 15, 23, 30, tzinfo=UTC)


def test_a_chosen_zone_moves_the_day_of_a_mail(portal: Portal):
    cleo = portal.actor("cleo")
    actions.choose_reading(cleo, language="en-us", zone="Asia/Tokyo")

    with queries.reading_as(portal.people["cleo"]):
        told = times.moment(MOMENT)

    assert told == "Jan 16, 2026, 8:30 AM JST"


def test_without_a_choice_the_firms_language_and_zone_hold(portal: Portal):
    presentation.set_presentation(
        portal.actor("ada"), version=0, colour="", texts=Texts(), language="en-us", zone="America/New_York"
    )

    with queries.reading_as(portal.people["cleo"]):
        assert times.moment(MOMENT) == "Jan 15, 2026, 6:30 PM EST"


def test_a_contact_who_chose_none_reads_in_their_clients_zone(portal: Portal):
    access.set_profile(portal.actor("ada", portal.okoye), profile=Profile(zone="Europe/Madrid"))

    assert queries.reading_of(portal.people["cleo"])[1] == "Europe/Madrid"
    assert queries.reading_of(portal.people["mallory"])[1] == "UTC"


def test_a_mail_is_written_as_its_reader_reads_not_as_who_causes_it(portal: Portal):
    actions.choose_reading(portal.actor("ada"), language="en-gb", zone="Asia/Tokyo")
    Person.objects.filter(id=portal.people["dan"]).update(language="en-us", zone="America/New_York")
    dan = Person.objects.get(id=portal.people["dan"])
    from muniment.trust.identity.life import letter_texts

    subject, body = letter_texts.warned(90, MOMENT)
    actions.write_letter(to=dan.email, subject=subject, body=body, person_id=dan.id)

    assert "before Jan 15, 2026:" in Letter.objects.order_by("-id")[0].message["body"]


@pytest.mark.parametrize("wrong", [{"language": "xx"}, {"zone": "Mars/Base"}])
def test_what_is_no_language_or_zone_is_refused(portal: Portal, wrong):
    with pytest.raises(Invalid):
        actions.choose_reading(portal.actor("cleo"), **({"language": "", "zone": ""} | wrong))


def test_nobody_chooses_for_nobody(portal: Portal):
    from muniment.core.actor import Actor

    with pytest.raises(NotFound):
        actions.choose_reading(Actor(kind="anonymous"), language="", zone="")


def test_the_page_says_in_which_language_it_is(portal: Portal):
    cleo = signed_in(portal.people["cleo"])

    done = cleo.post("/account/reading/", {"language": "en-us", "zone": "Asia/Tokyo"})

    assert done.status_code == 302
    page = cleo.get("/account/")
    assert page.headers["Content-Language"] == "en-us"
    assert '<html lang="en-us"' in page.content.decode()
    assert "Asia/Tokyo" in page.content.decode()
    assert cleo.post("/account/reading/", {"language": "xx", "zone": ""}).status_code == 422
