"""What is known of the services that most organisations use, so that little has to be typed."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Preset:
    """One kind of service: what to call it, how its issuer's address looks, and where to find what is asked for."""

    key: str
    name: str
    issuer: str  # an address with what to put in, or one that is the same for everybody
    hint: str
    vouches: bool


PRESETS: Final = (
    Preset(
        "google",
        "Google",
        "https://accounts.google.com",
        "Google Cloud console, APIs and services, Credentials: make an OAuth client of the type web application.",
        vouches=False,
    ),
    Preset(
        "microsoft",
        "Microsoft",
        "https://login.microsoftonline.com/YOUR-TENANT-ID/v2.0",
        "Microsoft Entra admin centre, App registrations: the tenant ID and the client ID stand on the overview; make "
        "a client secret under Certificates and secrets.",
        vouches=True,
    ),
    Preset(
        "okta",
        "Okta",
        "https://YOUR-NAME.okta.com",
        "Okta admin console, Applications: make an app integration of the type OIDC, web application.",
        vouches=True,
    ),
    Preset(
        "other",
        "Another service",
        "",
        "Any service that speaks OpenID Connect: its issuer is what stands before /.well-known/openid-configuration.",
        vouches=False,
    ),
)


OPEN_TO_ALL: Final = frozenset(
    {
        "https://accounts.google.com",
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",  # accounts of private people
        "https://appleid.apple.com",
    }
)
"""Issuers at which everybody can open an account: never an organisation's own directory."""


def preset(key: str) -> Preset | None:
    """Return the preset of a key, or None."""
    return next((one for one in PRESETS if one.key == key), None)
