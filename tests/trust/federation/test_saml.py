"""Signing in through a SAML provider: an assertion counts if it is signed, ours, new, and answers this question."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from lxml import etree

from muniment.core import ids
from muniment.trust.federation.types import ProviderFacts
from tests.cast import Portal
from tests.trust.federation.acting import Records, Single, refusals, start
from tests.trust.federation.openid import OpenIdProvider
from tests.trust.federation.saml_provider import PASSWORD, WRAPPED, A, D, SamlProvider, key_pair, posted
from tests.trust.identity.browsers import Visitor


class Okoye:
    """A client that signs in by SAML, and its provider."""

    def __init__(self, portal: Portal, records: Records) -> None:
        from muniment.trust.federation import actions, saml

        self.portal, self.service = portal, SamlProvider()
        single = Single(portal, OpenIdProvider(), records)
        settings = saml.read_metadata(self.service.metadata())
        ada = portal.actor("ada", portal.okoye)
        made = actions.add_provider(
            ada, kind="saml", name="Okoye SAML", settings=settings, expires_at=saml.ends_at(settings)
        )
        self.provider: ProviderFacts = single.ready(made, portal.okoye, "okoye.example", admits=True, role="user")

    def ask(self, browser: Visitor) -> dict[str, Any]:
        return self.service.asked(start(browser, self.provider)["Location"])

    def come_back(self, browser: Visitor, asked: dict[str, Any], tree: Any) -> Any:
        """Post the answer without a cookie, as browsers do, and go where that leads."""
        place = f"/sign-in/with/{ids.public(self.portal.okoye)}/{ids.public(self.provider.id)}/acs/"
        data = {"SAMLResponse": tree if isinstance(tree, str) else posted(tree), "RelayState": asked["state"]}
        taken = Visitor().post(place, data)
        return browser.get(taken["Location"]) if taken.status_code == 303 else taken


@pytest.fixture
def okoye(portal: Portal, records: Records) -> Okoye:
    return Okoye(portal, records)


@pytest.mark.control("sso-providers")
def test_a_signed_answer_lets_in(okoye: Okoye):
    browser = Visitor()
    asked = okoye.ask(browser)

    answer = okoye.come_back(browser, asked, okoye.service.response(asked))

    assert answer.status_code == 302
    assert browser.is_signed_in()


def test_a_password_alone_at_the_provider_is_no_second_factor(okoye: Okoye):
    browser = Visitor()
    asked = okoye.ask(browser)

    okoye.come_back(browser, asked, okoye.service.response(asked, context=PASSWORD))

    assert browser.get("/account/")["Location"].startswith("/account/factor/")


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "for another portal": ({"audience": "https://elsewhere.example"}, "saml"),
    "sent to another address": ({"recipient": "https://elsewhere.example/acs"}, "saml"),
    "to another destination": ({"destination": "https://elsewhere.example/acs"}, "saml"),
    "to another question": ({"in_response_to": "_other", "confirms": "_other"}, "saml"),
    "its assertion to another question": ({"confirms": "_other"}, "saml"),
    "its assertion to no question": ({"confirms": ""}, "in-response-to"),
    "over": ({"seconds": -4000}, "saml"),
    "not yet": ({"seconds": 4000}, "saml"),
    "of another issuer": ({"issuer": "https://elsewhere.example"}, "saml"),
    "about a passing name": ({"form": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"}, "sub"),
    "signed with another key": ({"pair": key_pair()}, "saml"),
}


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_is_refused(okoye: Okoye, name: str):
    said, word = WRONG[name]
    refused(okoye, lambda asked: okoye.service.response(asked, **said), word)


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", WRAPPED)
def test_a_wrapped_assertion_is_refused(okoye: Okoye, name: str):
    refused(okoye, lambda asked: WRAPPED[name](okoye.service.response(asked)), "")


def unsigned(tree: Any) -> Any:
    assertion = tree.find(f"{{{A}}}Assertion")
    assertion.remove(assertion.find(f"{{{D}}}Signature"))
    return tree


def changed(tree: Any) -> Any:
    for value in tree.iter(f"{{{A}}}AttributeValue"):
        value.text = value.text.replace("new@", "cleo@")
    return tree


def commented(tree: Any) -> Any:
    name = next(tree.iter(f"{{{A}}}NameID"))
    name.append(etree.Comment("x"))
    return tree


def weakly_signed(tree: Any) -> Any:
    method = next(tree.iter(f"{{{D}}}SignatureMethod"))
    method.set("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha1")
    return tree


def with_entities(tree: Any) -> str:
    text = b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + etree.tostring(tree)
    return base64.b64encode(text).decode()


def computing(tree: Any) -> Any:
    """Have the signature say that the text is computed by a program of mine first: it would run before it is proved."""
    sheet = '<x:stylesheet version="1.0" xmlns:x="http://www.w3.org/1999/XSL/Transform"/>'
    transform = (
        f'<d:Transform xmlns:d="{D}" Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116">{sheet}</d:Transform>'
    )
    next(tree.iter(f"{{{D}}}Transforms")).append(etree.fromstring(transform))
    return tree


def weakly_digested(tree: Any) -> Any:
    next(tree.iter(f"{{{D}}}DigestMethod")).set("Algorithm", f"{D}sha1")
    return tree


def in_other_bytes(tree: Any) -> str:
    text = '<!DOCTYPE x [<!ENTITY e "e">]>' + etree.tostring(tree).decode()
    return base64.b64encode(text.encode("utf-16")).decode()


SHAPES: dict[str, tuple[Callable[[Any], Any], str]] = {
    "unsigned": (unsigned, "signature"),
    "changed": (changed, "saml"),
    "with a comment": (commented, "shape"),
    "signed with a shared secret": (weakly_signed, "alg"),
    "with entities": (with_entities, "shape"),
    "with a program": (computing, "alg"),
    "with a weak digest": (weakly_digested, "alg"),
    "in other bytes": (in_other_bytes, "shape"),
    "nothing of the kind": (lambda _tree: base64.b64encode(b"<x/>").decode(), "shape"),
    "no base64": (lambda _tree: "***", "shape"),
}


@pytest.mark.control("sso-providers")
@pytest.mark.parametrize("name", SHAPES)
def test_a_misshapen_answer_is_refused(okoye: Okoye, name: str):
    shape, word = SHAPES[name]
    refused(okoye, lambda asked: shape(okoye.service.response(asked)), word)


def refused(okoye: Okoye, answer: Callable[[dict[str, Any]], Any], word: str) -> None:
    """Insist that nobody comes in, and that the log says why."""
    from muniment.trust.identity import queries

    browser = Visitor()
    asked = okoye.ask(browser)

    page = okoye.come_back(browser, asked, answer(asked))

    assert page.status_code == 403
    assert not browser.is_signed_in()
    assert queries.find_person("new@okoye.example") is None
    assert refusals(okoye.portal.okoye)[0].startswith(f"provider-answer-refused:{word}")


@pytest.mark.control("sso-providers")
def test_the_same_answer_counts_once_and_in_no_other_browser(okoye: Okoye):
    browser, thief = Visitor(), Visitor()
    asked, other = okoye.ask(browser), okoye.ask(thief)
    tree = okoye.service.response(asked)

    stolen = okoye.come_back(thief, asked, tree)
    renamed = okoye.come_back(thief, other, tree)
    first = okoye.come_back(browser, asked, tree)
    again = okoye.come_back(browser, asked, tree)

    assert [stolen.status_code, renamed.status_code, first.status_code, again.status_code] == [403, 403, 302, 403]
    assert not thief.is_signed_in()


def test_a_sign_in_that_nobody_began_is_refused(okoye: Okoye):
    browser = Visitor()
    asked = okoye.ask(browser)
    tree = okoye.service.response({**asked, "id": "_none"}, in_response_to="")

    page = okoye.come_back(browser, {**asked, "state": ""}, tree)

    assert page.status_code == 403
    assert refusals(okoye.portal.okoye)[0] == "sign-in-not-begun"


def test_the_portal_says_what_it_is(okoye: Okoye):
    place = f"/sign-in/with/{ids.public(okoye.portal.okoye)}/{ids.public(okoye.provider.id)}/metadata/"

    answer = Visitor().get(place)

    assert answer.status_code == 200
    assert b"AssertionConsumerService" in answer.content
    assert b'WantAssertionsSigned="true"' in answer.content


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<x/>",
        b"<!DOCTYPE x><x/>",
        SamlProvider().metadata().replace(b"https://idp.okoye.example/sso", b"http://idp.okoye.example/sso"),
        SamlProvider().metadata().replace(b"https://idp.okoye.example/sso", b"javascript:alert(1)"),
        SamlProvider().metadata().replace(b"<X509Certificate>M", b"<X509Certificate>N"),
    ],
)
def test_unusable_metadata_is_refused(document: bytes):
    from muniment.core.errors import PortalError
    from muniment.trust.federation import saml

    with pytest.raises(PortalError):
        saml.read_metadata(document)


def test_a_certificate_that_ends_soon_is_said(portal: Portal, okoye: Okoye):
    from muniment.core.actor import Actor
    from muniment.core.unit import acting_as
    from muniment.trust.federation import health, saml
    from muniment.trust.federation.models import Provider

    (before,) = health.certificates()
    soon = saml.ends_at({"certificates": [SamlProvider(key_pair(days=10)).certificate]})
    with acting_as(Actor.system(portal.okoye)):
        Provider.objects.filter(client_id=portal.okoye).update(expires_at=soon)
    (after,) = health.certificates()

    assert (before.state, after.state) == ("good", "notice")
