"""How the portal presents itself, and the terms that people accept, as values."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

from muniment.trust.presentation.colours import Palette, Shades, is_colour, palette
from muniment.trust.presentation.links import is_address, is_link

__all__ = ["Palette", "Shades", "is_address", "is_colour", "is_link", "palette"]  # beside what stands below

STEPS: Final = ("look", "mail", "client", "invitation")
Step = Literal["look", "mail", "client", "invitation"]
LONGEST_WELCOME, LONGEST_HELP, LONGEST_TERMS = 200, 2000, 60_000
LONGEST_LABEL, MOST_LINKS = 60, 6
LOGO_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True)
class FooterLink:
    """A link at the foot of every page: its words, and where it leads (https or mailto)."""

    label: str
    url: str


@dataclass(frozen=True)
class Texts:
    """What the firm says on its pages and in its mails; each may be empty."""

    welcome: str = ""
    help: str = ""
    links: tuple[FooterLink, ...] = ()
    sender_name: str = ""
    reply_to: str = ""


@dataclass(frozen=True)
class Presentation:
    """How the portal looks and speaks. `version` is 0 before anything was set, and `logo` the version of its picture.

    `colour` is "#rrggbb", or empty for the portal's own. `language` and `zone` hold for who chose none.
    """

    version: int = 0
    colour: str = ""
    logo: int = 0
    texts: Texts = field(default_factory=Texts)
    language: str = "en-gb"
    zone: str = "UTC"


@dataclass(frozen=True)
class FirstSteps:
    """What was put off in setting the portal up, and the mail that was sent to try the mail server."""

    skipped: frozenset[str] = frozenset()
    mail_letter_id: UUID | None = None
    mail_tried_at: datetime | None = None


@dataclass(frozen=True)
class TermsFacts:
    """One version of the terms: its number from 1, its words, and who must accept it."""

    id: UUID
    number: int
    text: str
    for_contacts: bool
    for_staff: bool
    published_at: datetime
    published_by: UUID | None


@dataclass(frozen=True)
class AcceptanceFacts:
    """Somebody accepted a version of the terms."""

    number: int
    person_id: UUID
    accepted_at: datetime
