"""Roles as people read them."""

from django.utils.translation import gettext_lazy as _

_LABELS = {
    "super-admin": _("Super admin"),
    "admin": _("Admin"),
    "advisor": _("Advisor"),
    "analyst": _("Analyst"),
    "engineer": _("Engineer"),
    "auditor": _("Auditor"),
    "manager": _("Manager"),
    "user": _("User"),
    "guest": _("Guest: sees only what is shared"),
}


def label(role: str) -> str:
    """Return the name of a role for people."""
    return str(_LABELS.get(role, role))
