"""Who works for the firm sees the data map; nobody else finds it."""

import pytest
from django.test import Client as Browser

from muniment.core.data_map import reading
from tests.cast import signed_in

pytestmark = pytest.mark.control("data-map")


@pytest.mark.parametrize("who", ["ada", "ben"])
def test_staff_see_every_field_with_its_class_purpose_and_protection(portal, who):
    page = signed_in(portal.people[who]).get("/data-map/", secure=True)

    text = page.content.decode()
    assert page.status_code == 200
    assert all(f">{line.table}</code>" in text and f">{line.field}</code>" in text for line in reading.lines())
    assert "sealed, key of the person or people key" in text
    assert "Argon2id hash" in text


def test_a_filter_shows_one_class(portal):
    text = signed_in(portal.people["ada"]).get("/data-map/?kind=personal", secure=True).content.decode()

    assert "session</code>" in text
    assert "client_key</code>" not in text
    assert ">clear</span>" not in text


def test_the_map_comes_as_csv(portal):
    answer = signed_in(portal.people["ada"]).get("/data-map/download/", secure=True)

    assert answer["Content-Type"].startswith("text/csv")
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content.decode().startswith("app,table,field,class,purpose,kept until,protection\r\n")


@pytest.mark.parametrize("address", ["/data-map/", "/data-map/download/"])
def test_contacts_find_nothing_and_strangers_are_asked_to_sign_in(portal, address):
    assert signed_in(portal.people["cleo"]).get(address, secure=True).status_code == 404
    assert Browser().get(address, secure=True).status_code == 302
