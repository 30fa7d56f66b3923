"""How others see the sender: the records of the DNS, asked of a real server."""

import pytest

from muniment.trust.identity.mailing import queries
from tests.trust.federation.names import answering
from tests.trust.identity.browsers import Visitor

KEY = "v=DKIM1; k=rsa; p=MIIBIjANBgkq"
GOOD = {
    "firm.example": ["google-site=1", "v=spf1 include:mx.example -all"],
    "s1._domainkey.firm.example": [KEY],
    "_dmarc.firm.example": ["v=DMARC1; p=quarantine"],
}


@pytest.fixture
def seen(portal, configured):
    """Ask how the sender is seen, given the records there are."""

    def ask(records, selector="s1"):
        with answering(records) as port:
            configured(
                mail_from="portal@firm.example", mail_dkim_selector=selector, domain_resolver=f"127.0.0.1:{port}"
            )
            return {record.what: record.state for record in queries.sender_records(portal.actor("ada"))}

    return ask


def test_records_that_are_there_are_good(seen):
    assert seen(GOOD) == {"spf": "good", "dkim": "good", "dmarc": "good"}


def test_records_that_are_not_there_are_missing(seen):
    assert seen({}) == {"spf": "missing", "dkim": "missing", "dmarc": "missing"}


@pytest.mark.parametrize(
    ("name", "texts", "what"),
    [
        ("firm.example", ["v=spf1 +all"], "spf"),
        ("firm.example", ["v=spf1 -all", "v=spf1 ~all"], "spf"),
        ("s1._domainkey.firm.example", ["v=DKIM1; p="], "dkim"),
        ("_dmarc.firm.example", ["v=DMARC1; p=none"], "dmarc"),
    ],
)
def test_records_that_protect_nothing_are_weak(seen, name, texts, what):
    assert seen({**GOOD, name: texts})[what] == "weak"


def test_without_a_selector_the_key_is_not_known(seen):
    assert seen(GOOD, selector="")["dkim"] == "unknown"


def test_a_dns_that_does_not_answer_is_told_apart_from_a_record_that_is_not_there(portal, configured, monkeypatch):
    from muniment.core import names

    monkeypatch.setattr(names, "SECONDS", 0.3)
    configured(mail_from="portal@firm.example", mail_dkim_selector="s1", domain_resolver="127.0.0.1:9")

    found = queries.sender_records(portal.actor("ada"))

    assert {record.state for record in found} == {"unanswered"}


def test_the_page_shows_them(portal, configured):
    ada = Visitor().sign_in("ada")
    with answering(GOOD) as port:
        configured(mail_from="portal@firm.example", mail_dkim_selector="s1", domain_resolver=f"127.0.0.1:{port}")
        page = ada.get("/mailing/sender/").content.decode()

    assert "v=spf1 include:mx.example -all" in page
    assert "portal@firm.example" in page
