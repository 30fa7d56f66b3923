"""What the portal keeps of a person, as a file for them: whole, and without what gives access."""

import json
from dataclasses import replace

import pytest
from django.apps import apps

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.core.errors import NotFound
from muniment.trust.access.errors import ConfirmFirst
from muniment.trust.identity.life.actions.exporting import export_own_data
from muniment.trust.identity.life.queries.own_data import _naming
from muniment.trust.identity.models import Person
from tests.trust.identity.browsers import Visitor
from tests.trust.identity.life.erasing import erase

pytestmark = pytest.mark.control("data-map")


def file_of(portal, who="cleo"):
    return json.loads(export_own_data(portal.actor(who)))


def test_the_file_holds_what_is_kept_of_them_and_what_for(portal, events):
    Visitor().sign_in("cleo")

    found = file_of(portal)

    assert found["person"]["email"] == {"value": "cleo@okoye.example", "for": "Where they sign in and get mail"}
    assert found["person"]["name"]["value"] == "Cleo Okoye"
    tables = {table["table"]: table for table in found["kept"]}
    assert {"session", "device", "mfa_authenticator"} <= set(tables)
    (client,) = found["clients"]
    assert client["name"] == "Okoye Holdings Ltd"
    kept = {table["table"]: table["rows"] for table in client["kept"]}
    assert kept["access_grant"][0]["purpose"]["value"] == "Works on the year end"
    assert kept["membership"]
    assert "session.started" in {entry["event"] for entry in client["log"]}
    assert events(portal.okoye)[0] == "person.exported"


def test_nothing_that_gives_access_is_in_it(portal):
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import decrypt

    Visitor().sign_in("cleo")
    Visitor().post("/account/password/reset/", {"email": "cleo@okoye.example"})
    person = Person.objects.get(id=portal.people["cleo"])
    secret = decrypt(Authenticator.objects.get(user_id=person.id, type="totp").data["secret"])

    text = export_own_data(portal.actor("cleo")).decode()

    assert person.password not in text
    assert "argon2" not in text
    assert secret not in text
    assert "/account/password/reset/" not in text
    assert "it gives access, so it is not shown" in text


def test_nothing_of_anybody_else_is_in_it(portal):
    text = export_own_data(portal.actor("cleo")).decode()

    for name in ("Dan", "Mallory", "Brandt", "Ada Harcourt"):
        assert name not in text


def test_what_a_client_wrote_stays_with_it_when_they_left(portal):
    from muniment.trust.identity.life.actions.leaving import leave_client

    leave_client(portal.actor("dan"))

    text = export_own_data(replace(portal.actor("dan"), client_id=None)).decode()

    assert "belongs to a client that you left" in text
    assert "Works on the year end" not in text
    assert "Okoye Holdings" not in text


def test_every_table_that_names_a_person_is_looked_at(portal):
    """A new table about people is found by its column, or must be named in `_BY_ADDRESS`."""
    person = Person.objects.get(id=portal.people["cleo"])
    about = {
        model._meta.db_table
        for model in apps.get_models()
        if {"person_id", "user_id"} & {field.attname for field in model._meta.concrete_fields}
    }
    looked_at = {model._meta.db_table for model in apps.get_models() if _naming(model, person) is not None}

    assert about - looked_at == {"entry", "account_emailaddress"}
    assert {"attendance", "invitation", "guest", "membership", "email_change"} <= looked_at


def test_the_page_says_what_is_in_it_and_hands_it_over(portal):
    cleo = Visitor().sign_in("cleo")

    assert b"What the portal keeps of you" in cleo.get("/account/data/").content
    answer = cleo.post("/account/data/")

    assert answer["Content-Disposition"].startswith('attachment; filename="my-data-')
    assert answer.json()["person"]["name"]["value"] == "Cleo Okoye"


def test_nobody_takes_it_along_for_another(portal):
    with pytest.raises(NotFound):
        export_own_data(Actor(kind="anonymous"))
    with pytest.raises(NotFound):
        export_own_data(replace(portal.actor("ben"), looking_as=portal.people["cleo"]))
    with pytest.raises(ConfirmFirst):
        export_own_data(replace(portal.actor("cleo"), session_id=ids.new()))


def test_of_who_was_erased_there_is_no_address_any_more(portal):
    erase(portal.people["dan"])

    text = export_own_data(Actor(kind="contact", person_id=portal.people["dan"])).decode()
    assert "dan@okoye.example" not in text
