"""Six kinds of space: a closed folder, its folders, its label, and what each role gets in it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from muniment.trust.access.types import Label


@dataclass(frozen=True)
class Space:
    """One kind. `gives` is the role that the group of each role of the client gets in it; the others get nothing.

    Who advises the client when it is made stays in it as that. Super admins and admins get nothing.
    """

    title: Any
    meaning: Any
    label: Label
    folders: tuple[str, ...]
    gives: dict[str, str]


LEADING = "advisor"

GROUPS: dict[str, str] = {
    "analyst": "Analysts",
    "engineer": "Engineers",
    "manager": "Managers",
    "user": "Users",
}
"""The client's own groups that get the grants: each begins with who has the role on the client when it is made."""

SPACES: dict[str, Space] = {
    "projects": Space(
        _("Projects"),
        _("What the firm and the client do together"),
        "normal",
        ("Planning", "Working papers", "Results"),
        {"analyst": "downloader", "engineer": "editor", "manager": "editor", "user": "editor"},
    ),
    "finance": Space(
        _("Finance"),
        _("Invoices, statements and taxes, apart from other papers"),
        "confidential",
        ("Invoices", "Statements", "Taxes"),
        {"analyst": "downloader", "manager": "editor"},
    ),
    "workflows": Space(
        _("Workflows"),
        _("Forms and procedures that people follow"),
        "normal",
        ("Forms", "Checklists", "Procedures"),
        {"analyst": "viewer", "engineer": "editor", "manager": "editor", "user": "editor"},
    ),
    "code": Space(
        _("Code"),
        _("Sources and releases, for those who build"),
        "restricted",
        ("Sources", "Releases", "Reviews"),
        {"engineer": "editor", "manager": "downloader"},
    ),
    "plans": Space(
        _("Plans"),
        _("What is not known outside yet"),
        "confidential",
        ("Strategy", "Budgets", "Roadmaps"),
        {"analyst": "downloader", "engineer": "viewer", "manager": "editor"},
    ),
    "statistics": Space(
        _("Statistics"),
        _("Data and reports"),
        "normal",
        ("Data", "Reports"),
        {
            "analyst": "editor",
            "engineer": "downloader",
            "manager": "downloader",
            "user": "viewer",
        },
    ),
}
