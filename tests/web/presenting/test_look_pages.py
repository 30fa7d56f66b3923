"""The firm's look on every page, and where it is set."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from PIL import Image

from muniment.trust.identity import queries as people
from muniment.trust.presentation import actions, queries
from muniment.trust.presentation.types import FooterLink, Texts
from tests.cast import Portal, signed_in

FORM = {
    "version": "0",
    "has_colour": "on",
    "colour": "#123456",
    "welcome": "Good to see you",
    "help": "Call 0123",
    "links": "Imprint | https://harcourt.example/imprint",
    "sender_name": "Harcourt & Vane",
    "reply_to": "office@harcourt.example",
    "language": "en-gb",
    "zone": "Europe/Madrid",
}


def visitor() -> Browser:
    return Browser(headers={"host": "localhost"})


def test_a_visitor_sees_the_firms_colour_words_and_links_before_signing_in(portal: Portal):
    ada = signed_in(portal.people["ada"])
    assert ada.post("/presentation/", FORM).status_code == 302

    page = visitor().get("/sign-in/").content.decode()

    assert "Good to see you" in page
    assert 'href="https://harcourt.example/imprint"' in page
    assert 'href="/presentation/colours-1.css"' in page


def test_the_style_sheet_is_served_for_good_at_its_version_and_at_no_other(portal: Portal):
    signed_in(portal.people["ada"]).post("/presentation/", FORM)

    found = visitor().get("/presentation/colours-1.css")

    assert found.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in found.headers["Cache-Control"]
    assert b"#123456" in found.content
    assert visitor().get("/presentation/colours-2.css").status_code == 404


def test_without_a_choice_the_pages_have_no_style_sheet_of_the_firm(portal: Portal):
    assert "/presentation/colours-" not in visitor().get("/sign-in/").content.decode()


def test_a_colour_too_light_is_refused_with_one_that_can_be_taken_at_once(portal: Portal):
    ada = signed_in(portal.people["ada"])

    refused = ada.post("/presentation/", FORM | {"colour": "#ffee00"})

    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'name="mend"' in page
    suggestion = page.split('name="mend" value="')[1][:7]
    assert ada.post("/presentation/", FORM | {"colour": "#ffee00", "mend": suggestion}).status_code == 302
    assert queries.presentation().colour == suggestion


def test_two_who_save_at_once_see_both_and_lose_nothing(portal: Portal):
    ada = signed_in(portal.people["ada"])
    ada.post("/presentation/", FORM)

    second = ada.post("/presentation/", FORM | {"welcome": "Welcome, friend"})

    page = second.content.decode()
    assert second.status_code == 409
    assert "Good to see you" in page  # what is saved
    assert "Welcome, friend" in page  # what was typed
    assert 'name="version" value="1"' in page
    assert ada.post("/presentation/", FORM | {"welcome": "Welcome, friend", "version": "1"}).status_code == 302
    assert queries.presentation().texts.welcome == "Welcome, friend"


@pytest.mark.parametrize(
    "wrong",
    [
        {"links": "Imprint"},
        {"links": "Bad | javascript:alert(1)"},
        {"links": "\n".join(f"L{number} | https://x.example/" for number in range(7))},
        {"colour": "blue"},
        {"sender_name": 'A "B"'},
        {"reply_to": "nobody"},
        {"zone": "Mars/Base"},
        {"version": "x"},
    ],
)
def test_bad_input_is_refused_beside_its_field(portal: Portal, wrong):
    found = signed_in(portal.people["ada"]).post("/presentation/", FORM | wrong)

    assert found.status_code == 422
    assert queries.presentation().version == 0


def test_an_uploaded_picture_is_the_logo_of_every_page(portal: Portal):
    out = io.BytesIO()
    Image.new("RGB", (600, 200), "#114488").save(out, "PNG")
    ada = signed_in(portal.people["ada"])

    sent = ada.post("/presentation/logo/", {"logo": SimpleUploadedFile("logo.png", out.getvalue(), "image/png")})

    assert sent.status_code == 302
    assert '<img src="/presentation/logo-1.png"' in visitor().get("/sign-in/").content.decode()
    served = visitor().get("/presentation/logo-1.png")
    assert served.headers["Content-Type"] == "image/png"
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert ada.post("/presentation/logo/remove/").status_code == 302
    assert visitor().get("/presentation/logo-1.png").status_code == 404


def test_a_logo_that_is_no_picture_is_refused_kindly(portal: Portal):
    ada = signed_in(portal.people["ada"])

    sent = ada.post("/presentation/logo/", {"logo": SimpleUploadedFile("logo.svg", b"<svg/>", "image/svg+xml")})

    assert sent.status_code == 422
    assert "no picture" in sent.content.decode()


def test_another_name_is_on_the_next_page(portal: Portal):
    ada = signed_in(portal.people["ada"])

    done = ada.post("/presentation/name/", {"name": "Harcourt Partners", "before": people.firm_name()})

    assert done.status_code == 302
    assert "Harcourt Partners" in visitor().get("/sign-in/").content.decode()
    late = ada.post("/presentation/name/", {"name": "Vane", "before": "Harcourt & Vane"})
    assert late.status_code == 409
    assert "Harcourt Partners" in late.content.decode()


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
@pytest.mark.parametrize("path", ["/presentation/", "/presentation/domain/", "/terms/publish/", "/first-steps/"])
def test_only_who_administers_the_firm_sees_the_pages(portal: Portal, who, path):
    assert signed_in(portal.people[who]).get(path).status_code == 404


@pytest.mark.parametrize("path", ["/presentation/", "/presentation/domain/", "/terms/publish/", "/first-steps/"])
def test_who_administers_sees_them(portal: Portal, path):
    assert signed_in(portal.people["ada"]).get(path).status_code == 200


def test_what_the_firm_says_is_escaped(portal: Portal):
    texts = Texts(welcome="<b>x</b>", help="<script>y</script>", links=(FooterLink("<i>z</i>", "https://x.example"),))
    actions.set_presentation(portal.actor("ada"), version=0, colour="", texts=texts, language="en-gb", zone="UTC")

    page = visitor().get("/sign-in/").content.decode()

    assert "&lt;b&gt;x" in page
    assert "<script>y" not in page
    assert "<i>z" not in page
