"""What other apps, pages and the log may know of providers, domains and what a provider said."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from muniment.core import clock

Kind = Literal["oidc", "saml"]
State = Literal["new", "on", "enforced", "off"]

KINDS: Final = ("oidc", "saml")
STATES: Final = ("new", "on", "enforced", "off")
RUNNING: Final = ("on", "enforced")
PROOFS: Final = ("dns", "file")

LEEWAY: Final = timedelta(seconds=60)
"""By how much the clock of a provider may be wrong."""

MFA_WORDS: Final = frozenset({"mfa", "otp", "hwk", "swk", "fpt", "face", "iris", "retina", "vbm", "sc", "sms", "tel"})
"""Words of RFC 8176 (amr) that name more than a password; `mfa` alone says so by itself, the others beside `pwd`."""

MFA_CLASSES: Final = frozenset(
    {
        "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
        "https://refeds.org/profile/mfa",
        "phr",
        "phrh",
        "urn:okta:loa:2fa:any",
        "urn:okta:loa:1fa:pwd+urn:okta:loa:2fa:any",
        "http://schemas.microsoft.com/claims/multipleauthn",
    }
)
"""Authentication contexts (acr, AuthnContextClassRef) that say that a second factor was used."""


@dataclass(frozen=True)
class Asserted:
    """What a provider proved about somebody, in the same shape for OpenID Connect and SAML."""

    issuer: str
    subject: str
    email: str  # empty where it named none, or one that is not known to be theirs
    name: str
    has_mfa: bool
    authenticated_at: datetime | None  # when they proved themselves to the provider; None where it did not say
    groups: tuple[str, ...] = ()
    session: str = ""  # what the provider calls its session, for signing out

    def was_proved_since(self, moment: datetime) -> bool:
        """Return whether the provider says that they proved themselves after a moment, and not in the future."""
        at = self.authenticated_at
        return at is not None and moment - LEEWAY <= at <= clock.now() + LEEWAY


@dataclass(frozen=True)
class ProviderFacts:
    """One provider as pages show it; its secret is never here."""

    id: UUID
    client_id: UUID
    kind: Kind
    name: str
    state: State
    issuer: str
    audience: str  # what the provider calls the portal
    admits: bool
    role: str
    vouches: bool
    made_at: datetime
    tested_at: datetime | None
    expires_at: datetime | None  # when its newest certificate ends
    group_roles: dict[str, str] = field(default_factory=dict)

    @property
    def is_running(self) -> bool:
        """Whether people sign in through it."""
        return self.state in RUNNING


@dataclass(frozen=True)
class DomainFacts:
    """One domain, how it is proved or was."""

    id: UUID
    name: str
    proof: str
    proved_at: datetime | None
    proved_by: str
    missed_at: datetime | None = None  # since when the proof is not there any more
    lapsed_at: datetime | None = None  # since when it counts for nobody new, because of that

    @property
    def record(self) -> str:
        """The name of the DNS record that proves it."""
        return f"_muniment.{self.name}"

    @property
    def record_text(self) -> str:
        """The text of the DNS record that proves it."""
        return f"muniment={self.proof}"

    @property
    def file_address(self) -> str:
        """The address of the file that proves it, where DNS is not possible."""
        return f"https://{self.name}/.well-known/muniment.txt"


@dataclass(frozen=True)
class Way:
    """Which provider signs in the people of a domain, and whether they have no other way."""

    client_id: UUID
    provider_id: UUID
    name: str
    is_enforced: bool


Settings = dict[str, Any]
