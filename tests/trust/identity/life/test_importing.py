"""A list of people is looked at first, then everybody in it is invited, or nobody."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from muniment.core import clock, ids
from muniment.core.errors import NotFound
from muniment.trust.access import actions as access
from muniment.trust.identity import queries
from muniment.trust.identity.life.actions.importing import export_people, import_people
from muniment.trust.identity.life.errors import ListRefused
from muniment.trust.identity.models import Letter
from tests.trust.identity.browsers import Visitor

HEAD = "Name,E-mail,Role,Purpose,Until"
MOST_A_LINE = 14  # statements
GOOD = f"{HEAD}\nRosa Lind,rosa@example.com,Guest,Year end,2090-12-31\nTom Ash,tom@example.com,User,Invoices,\n"


def page(portal) -> str:
    return f"/{ids.public(portal.okoye)}/people/import/"


def open_invitations(portal):
    return {found.email: found for found in queries.open_invitations(portal.actor("cleo"))}


def test_everybody_in_a_good_list_is_invited(portal, events):
    assert import_people(portal.actor("cleo"), text=GOOD) == 2

    found = open_invitations(portal)
    assert set(found) == {"rosa@example.com", "tom@example.com"}
    assert (found["rosa@example.com"].role, found["rosa@example.com"].purpose) == ("guest", "Year end")
    assert found["rosa@example.com"].grant_until.year == 2090
    assert found["tom@example.com"].grant_until is None
    assert events(portal.okoye)[:3] == ["people.imported", "person.invited", "person.invited"]


def test_looking_at_a_list_writes_nothing(portal):
    cleo = Visitor().sign_in("cleo")
    before = Letter.objects.count()
    sheet = SimpleUploadedFile("people.csv", GOOD.encode("utf-16"))

    answer = cleo.browser.post(page(portal), {"sheet": sheet}, secure=True)

    assert answer.status_code == 200
    assert b"2 people can be invited" in answer.content
    assert b"Rosa Lind" in answer.content
    assert open_invitations(portal) == {}
    assert Letter.objects.count() == before


def test_what_was_looked_at_is_invited_once_that_is_confirmed(portal):
    cleo = Visitor().sign_in("cleo")
    shown = cleo.post(page(portal), {"text": GOOD})

    answer = cleo.post(page(portal), {"text": shown.context["text"], "confirm": "yes"})

    assert answer.status_code == 302
    assert len(open_invitations(portal)) == 2


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (",eve@example.com,Guest,Year end,", "The name is missing"),
        ("Eve,eve@,Guest,Year end,", "This is no e-mail address"),
        ("Eve,rosa@EXAMPLE.com,Guest,Year end,", "in the list twice"),
        ("Dan,dan@okoye.example,Guest,Year end,", "belongs here already"),
        ("Eve,eve@example.com,Super admin,Year end,", "no role of this name"),
        ("Eve,eve@example.com,,Year end,", "no role of this name"),
        ("Eve,eve@example.com,Guest,,", "why they are invited"),
        ("Eve,eve@example.com,Guest,Year end,2020-01-01", "in the past"),
        ("Eve,eve@example.com,Guest,Year end,03/04/2090", "in two ways"),
    ],
)
def test_one_wrong_line_keeps_everybody_out_and_says_what_is_wrong(portal, line, said):
    cleo = Visitor().sign_in("cleo")

    shown = cleo.post(page(portal), {"text": GOOD + line})
    answer = cleo.post(page(portal), {"text": GOOD + line, "confirm": "yes"})

    assert shown.status_code == answer.status_code == 422
    assert said in shown.content.decode()
    assert [found["number"] for found in shown.context["lines"] if found["problems"]] == [4]
    with pytest.raises(ListRefused):
        import_people(portal.actor("cleo"), text=GOOD + line)
    assert open_invitations(portal) == {}


def test_what_changes_between_looking_and_confirming_keeps_everybody_out(portal):
    cleo = Visitor().sign_in("cleo")
    text = f"{HEAD}\nRosa,rosa@example.com,User,Year end,\nTom,tom@example.com,Guest,Year end,\n"
    assert cleo.post(page(portal), {"text": text}).status_code == 200
    access.set_manager_roles(portal.actor("ada", portal.okoye), roles=["guest"])

    assert cleo.post(page(portal), {"text": text, "confirm": "yes"}).status_code == 422
    assert open_invitations(portal) == {}


def test_a_file_that_is_no_list_is_said(portal):
    cleo = Visitor().sign_in("cleo")
    for data in (b"PK\x03\x04\0\0", b"", b"just a sentence"):
        sheet = SimpleUploadedFile("people.csv", data or b" ")
        answer = cleo.browser.post(page(portal), {"sheet": sheet}, secure=True)
        assert answer.status_code == 422
    assert cleo.post(page(portal), {}).status_code == 422


def test_only_who_may_invite_imports(portal):
    for who in ("dan", "mallory"):
        with pytest.raises(NotFound):
            import_people(portal.actor(who, portal.okoye), text=GOOD)
        assert Visitor().sign_in(who).get(page(portal)).status_code == 404


def test_the_firm_imports_its_own_people(portal):
    text = f"{HEAD}\nEva Reed,eva@harcourt.example,Advisor,Audit,\n"

    assert import_people(portal.actor("ada"), text=text) == 1


def test_the_list_of_people_is_taken_along_and_nothing_in_it_runs(portal, events):
    from muniment.trust.identity.models import Person

    person = Person.objects.get(id=portal.people["dan"])
    person.name = '=HYPERLINK("https://evil.example")'
    person.save(update_fields=["name"])

    text = export_people(portal.actor("cleo"))

    assert "'=HYPERLINK" in text
    assert "\n=HYPERLINK" not in text
    assert "dan@okoye.example" in text
    assert events(portal.okoye)[0] == "people.exported"
    answer = Visitor().sign_in("cleo").post(f"/{ids.public(portal.okoye)}/people/export/")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.content.startswith("\ufeffName,E-mail".encode())


def test_who_may_not_see_people_takes_no_list(portal):
    with pytest.raises(NotFound):
        export_people(portal.actor("dan"))


def test_an_end_of_a_day_is_its_last_second(portal):
    day = clock.now() + timedelta(days=2)
    import_people(portal.actor("cleo"), text=f"{HEAD}\nRosa,rosa@example.com,Guest,Year end,{day:%Y-%m-%d}\n")

    (found,) = open_invitations(portal).values()
    assert (found.grant_until.hour, found.grant_until.minute, found.grant_until.second) == (23, 59, 59)


def test_what_is_the_same_for_everybody_is_asked_once(portal):
    """Else a list of five hundred takes half a minute, in which nobody else writes into the client's log."""

    def statements(*names: str) -> int:
        text = "\n".join((HEAD, *(f"{name},{name}@example.com,Guest,Year end," for name in names)))
        with CaptureQueriesContext(connection) as asked:
            import_people(portal.actor("cleo"), text=text)
        return len(asked)

    one, eleven = statements("a"), statements(*"bcdefghijkl")

    assert (eleven - one) / 10 <= MOST_A_LINE
