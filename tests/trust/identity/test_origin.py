"""Where a request comes from: only declared proxies are believed, and a device is a few words."""

import pytest
from django.test import RequestFactory

from muniment.trust.identity import origin


def ip(peer, forwarded=None):
    headers = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return origin.ip(RequestFactory().get("/", REMOTE_ADDR=peer, **headers))


def test_without_declared_proxies_the_header_is_ignored(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 0

    assert ip("192.0.2.1", "203.0.113.5") == "192.0.2.1"


@pytest.mark.parametrize(
    ("proxies", "forwarded", "expected"),
    [
        (1, "203.0.113.5", "203.0.113.5"),
        (1, "6.6.6.6, 203.0.113.5", "203.0.113.5"),
        (2, "6.6.6.6, 203.0.113.5, 10.0.0.2", "203.0.113.5"),
        (2, "203.0.113.5", "10.0.0.1"),
        (1, "", "10.0.0.1"),
        (1, "nonsense", ""),
        (1, "203.0.113.5:4711", "203.0.113.5"),
        (1, "[2001:db8::1]:443", "2001:db8::1"),
        (1, "::ffff:203.0.113.5", "203.0.113.5"),
    ],
)
def test_the_entry_that_the_outermost_declared_proxy_wrote_counts(settings, proxies, forwarded, expected):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    assert ip("10.0.0.1", forwarded) == expected


def test_a_network_of_ipv6_is_one_source():
    assert origin.source("2001:db8:1:2:3::4") == origin.source("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert origin.source("192.0.2.1") == "192.0.2.1"
    assert origin.source("nonsense") == ""


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
            "Edge on Windows",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.0 Safari/605.1.15",
            "Safari on macOS",
        ),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome on Android"),
        ("curl/8.5", "curl"),
        ("", "Unknown device"),
        ("<script>alert(1)</script>" * 100, "Unknown device"),
    ],
)
def test_a_device_is_a_few_words_and_never_the_header(agent, words):
    assert origin.device(RequestFactory().get("/", headers={"user-agent": agent})) == words
