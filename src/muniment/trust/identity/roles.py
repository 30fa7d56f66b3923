"""Roles as people read them."""

from django.utils.translation import gettext_lazy as _

from muniment.trust.access import queries as access

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
    "viewer": _("Viewer"),
    "downloader": _("Downloader"),
    "editor": _("Editor"),
}


def label(role: str) -> str:
    """Return the name of a role for people: of a built-in one in their language, else what the firm calls it."""
    return str(_LABELS[role]) if role in _LABELS else access.role_titles().get(role, role)
