"""The page that checks receipts, the same page to save, and the command to save."""

import base64
import hashlib
import re

import pytest
from django.test import Client

from muniment_verify.one_file import one_file
from tests.cast import Portal


@pytest.mark.parametrize(
    ("address", "kind", "name"),
    [
        ("/verify/muniment-verify.html", "text/html; charset=utf-8", "muniment-verify.html"),
        ("/verify/muniment-verify.pyz", "application/zip", "muniment-verify.pyz"),
    ],
)
def test_anybody_may_take_the_verifiers_along(portal: Portal, address: str, kind: str, name: str):
    answer = Client().get(address, secure=True)

    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'


def test_the_command_is_the_one_that_the_sources_make(portal: Portal):
    assert Client().get("/verify/muniment-verify.pyz", secure=True).content == one_file()


def test_the_saved_page_lets_its_own_script_run_and_nothing_else(portal: Portal):
    page = Client().get("/verify/muniment-verify.html", secure=True).content.decode()

    for name, policy in (("script", "script-src"), ("style", "style-src")):
        inside = re.search(rf"<{name}>(.*)</{name}>", page, re.DOTALL)
        assert inside is not None
        digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
        assert f"{policy} 'sha256-{digest}'" in page
    assert "default-src 'none'" in page
    assert not re.search(r"\b(?:src|href)=", page.partition("<script>")[0])


def test_the_page_asks_for_keys_and_says_where_they_should_come_from(portal: Portal):
    page = Client().get("/verify/", secure=True)

    assert page.status_code == 200
    assert "Take them from your contract or from paper" in page.content.decode()
    assert "app/js/verify.js" in page.content.decode()
    assert "vkey" not in page.content.decode()  # it offers no key of its own
