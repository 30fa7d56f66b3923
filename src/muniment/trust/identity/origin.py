"""Where a request comes from, as far as it can be believed."""

import ipaddress
import re

from django.conf import settings
from django.http import HttpRequest

_LONGEST_AGENT = 400
_BROWSERS = (
    ("Edge", r"\bEdg(?:e|A|iOS)?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(?:Firefox|FxiOS)/"),
    ("Chrome", r"\b(?:Headless)?(?:Chrome|CriOS|Chromium)/"),
    ("Safari", r"\bSafari/"),
    ("curl", r"\bcurl/"),
)
_SYSTEMS = (
    ("iPhone", r"iPhone"),
    ("iPad", r"iPad"),
    ("Android", r"Android"),
    ("Windows", r"Windows"),
    ("macOS", r"Mac OS X|Macintosh"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"Linux|X11"),
)


def ip(request: HttpRequest) -> str:
    """Return the address the request came from, empty if there is none.

    X-Forwarded-For is believed only as far as declared proxies wrote it: with n of them, the entry n from
    the end. A shorter header was not written by them, so the connection's own address counts.
    """
    trusted = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    if trusted:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= trusted:
            return _address(hops[-trusted])
    return _address(request.META.get("REMOTE_ADDR", ""))


def source(address: str) -> str:
    """Return what limits count as one source: an IPv4 address, or the /64 network of an IPv6 one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if found.version == 4:  # noqa: PLR2004 - the version's own number
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False))


def device(request: HttpRequest) -> str:
    """Return browser and system in a few words ("Firefox on Linux"); never the header as it came."""
    agent = request.META.get("HTTP_USER_AGENT", "")[:_LONGEST_AGENT]
    browser = next((name for name, pattern in _BROWSERS if re.search(pattern, agent)), "")
    system = next((name for name, pattern in _SYSTEMS if re.search(pattern, agent)), "")
    if browser and system:
        return f"{browser} on {system}"
    return browser or system or "Unknown device"


def _address(text: str) -> str:
    """Return a bare address: no port, no brackets, no zone; IPv4 inside IPv6 as IPv4."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)
