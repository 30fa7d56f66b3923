"""Colour, texts, sender, logo and name of the firm's portal."""

import io
from typing import Any

import pytest
from PIL import Image

from muniment.core.errors import Invalid, NotFound
from muniment.trust.audit import queries as log
from muniment.trust.audit.queries import LogFilter
from muniment.trust.audit.types import Event
from muniment.trust.identity import actions as identity
from muniment.trust.identity import queries as people
from muniment.trust.identity.models import Letter
from muniment.trust.presentation import actions, models, queries
from muniment.trust.presentation.errors import ChangedMeanwhile, ColourUnreadable, NoPicture
from muniment.trust.presentation.types import FooterLink, Texts, is_link
from tests.cast import Portal

GIVEN: dict[str, Any] = {
    "version": 0,
    "colour": "#123456",
    "texts": Texts(),
    "language": "en-us",
    "zone": "Europe/Madrid",
}


def picture(width: int = 900, height: int = 300, form: str = "PNG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (width, height), "#aa3311").save(out, form)
    return out.getvalue()


def test_what_is_set_is_what_pages_take(portal: Portal):
    texts = Texts(
        welcome="Good to see you",
        help="Call us",
        links=(FooterLink("Imprint", "https://harcourt.example/imprint"),),
        sender_name="Harcourt & Vane",
        reply_to="office@harcourt.example",
    )

    actions.set_presentation(portal.actor("ada"), **{**GIVEN, "texts": texts})

    found = queries.presentation()
    assert (found.version, found.colour, found.texts, found.zone) == (1, "#123456", texts, "Europe/Madrid")
    assert "#123456" in queries.stylesheet(1)


def test_the_entry_has_numbers_and_no_words(portal: Portal):
    actions.set_presentation(portal.actor("ada"), **{**GIVEN, "texts": Texts(welcome="Good to see you")})

    (entry,) = log.entries(portal.actor("ada"), LogFilter(events=(Event.PRESENTATION_SET,)), limit=1)
    assert entry.facts == {"version": 1}


def test_a_colour_that_cannot_be_read_is_refused_with_one_that_can(portal: Portal):
    with pytest.raises(ColourUnreadable) as refused:
        actions.set_presentation(portal.actor("ada"), **{**GIVEN, "colour": "#ffee00"})

    again = actions.set_presentation(portal.actor("ada"), **{**GIVEN, "colour": refused.value.suggestion})
    assert again.version == 1


def test_of_two_who_save_at_once_the_second_is_told(portal: Portal):
    ada = portal.actor("ada")
    actions.set_presentation(ada, **GIVEN)

    with pytest.raises(ChangedMeanwhile):
        actions.set_presentation(ada, **{**GIVEN, "colour": "#654321"})

    assert queries.presentation().colour == "#123456"


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": "red"},
        {"language": "xx"},
        {"zone": "Mars/Base"},
        {"texts": Texts(welcome="x" * 201)},
        {"texts": Texts(sender_name='"Mallory" <m@evil.example>')},
        {"texts": Texts(sender_name="A\nBcc: all@x.example")},
        {"texts": Texts(reply_to="nobody")},
        {"texts": Texts(links=(FooterLink("Click", "javascript:alert(1)"),))},
        {"texts": Texts(links=(FooterLink("Click", "http://plain.example"),))},
        {"texts": Texts(links=(FooterLink("", "https://x.example"),))},
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(portal: Portal, wrong):
    with pytest.raises(Invalid):
        actions.set_presentation(portal.actor("ada"), **{**GIVEN, **wrong})

    assert queries.presentation().version == 0


@pytest.mark.parametrize("who", ["ben", "cleo", "mallory"])
def test_only_who_administers_the_firm_may(portal: Portal, who):
    with pytest.raises(NotFound):
        actions.set_presentation(portal.actor(who, portal.firm_id), **GIVEN)
    with pytest.raises(NotFound):
        actions.set_presentation(portal.actor("ada", portal.okoye), **GIVEN)


def test_a_logo_is_made_anew_small_and_without_what_stood_beside_its_pixels(portal: Portal):
    sent = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "taken in the garden"
    Image.new("RGB", (2000, 1000), "#aa3311").save(sent, "JPEG", exif=exif)

    version = actions.set_logo(portal.actor("ada"), data=sent.getvalue())

    data, media_type = queries.logo(version)
    with Image.open(io.BytesIO(data)) as made:
        assert (made.format, max(made.size)) == ("PNG", 384)
    assert media_type == "image/png"
    assert b"garden" not in data
    assert queries.presentation().logo == version


@pytest.mark.parametrize("data", [b"", b"<svg onload='alert(1)'/>", b"MZ" + bytes(200), b"x" * (2 * 1024 * 1024 + 1)])
def test_what_is_no_picture_is_refused(portal: Portal, data):
    with pytest.raises(NoPicture):
        actions.set_logo(portal.actor("ada"), data=data)

    assert queries.presentation().logo == 0


def test_older_logos_stay_a_while_and_then_go(portal: Portal):
    versions = [
        actions.set_logo(portal.actor("ada"), data=picture(form=form)) for form in ("PNG", "JPEG", "WEBP", "PNG")
    ]

    assert queries.logo(versions[-3])
    with pytest.raises(NotFound):
        queries.logo(versions[0])


def test_a_removed_logo_is_gone_at_once(portal: Portal):
    version = actions.set_logo(portal.actor("ada"), data=picture())

    actions.remove_logo(portal.actor("ada"))

    assert queries.presentation().logo == 0
    with pytest.raises(NotFound):
        queries.logo(version)
    with pytest.raises(NotFound):
        actions.remove_logo(portal.actor("ada"))


def test_the_firm_is_called_by_its_new_name_at_once(portal: Portal):
    identity.rename_firm(portal.actor("ada"), name="Harcourt Partners", before=people.firm_name())

    assert people.firm_name() == "Harcourt Partners"
    with pytest.raises(ChangedMeanwhile):
        identity.rename_firm(portal.actor("ada"), name="Vane", before="Harcourt & Vane")


def test_mails_name_the_sender_and_where_answers_go(portal: Portal):
    texts = Texts(sender_name="Harcourt & Vane", reply_to="office@harcourt.example")
    actions.set_presentation(portal.actor("ada"), **{**GIVEN, "texts": texts})

    identity.write_letter(to="cleo@okoye.example", subject="A", body="B")

    message = Letter.objects.order_by("-id")[0].message
    assert (message["sender_name"], message["reply_to"]) == ("Harcourt & Vane", "office@harcourt.example")


def test_steps_that_were_put_off_are_kept(portal: Portal):
    ada = portal.actor("ada")

    actions.skip_step(ada, step="mail")
    actions.skip_step(ada, step="mail")

    assert queries.first_steps(ada).skipped == {"mail"}
    with pytest.raises(NotFound):
        actions.skip_step(ada, step="invoice")
    actions.resume_steps(ada)
    assert queries.first_steps(ada).skipped == frozenset()
    assert models.Presentation.objects.filter(client_id=portal.firm_id).count() == 0  # unbound, nothing is seen


@pytest.mark.parametrize("url", ["https://[x", "mailto:@x.example", "mailto:,a@b.example", "mailto:a@,"])
def test_what_is_no_address_is_refused_and_not_stumbled_over(url):
    assert not is_link(url)
