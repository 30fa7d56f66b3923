"""Who can open a thing, in the words of a page."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from muniment.portal.documents.types import Reader, Target
from muniment.portal.documents.views.shown import people_of
from muniment.trust.access import queries as access
from muniment.trust.access.types import GrantFacts

_ROLE_WORDS = {
    "viewer": gettext_lazy("opens"),
    "downloader": gettext_lazy("downloads"),
    "editor": gettext_lazy("changes"),
}


def readers_shown(
    client_id: UUID, target: Target, target_id: UUID, readers: Iterable[Reader], shares: Iterable[GrantFacts]
) -> list[dict[str, Any]]:
    """Return each reader and each share to everyone or a group, with why, until when, and where it can be ended."""
    readers, shares = list(readers), list(shares)
    names = people_of(reader.person_id for reader in readers)
    own = {share.id for share in shares}
    lines = [_everyone(client_id, target, target_id, share) for share in shares if not share.person_id]
    for reader in readers:
        grant = _telling(reader.grants, own)
        lines.append(
            {
                "name": names.get(reader.person_id, ""),
                "everyone": False,
                "why": reason(grant),
                "may": _may(grant),
                "until": grant.ends_at,
                "end_url": end_url(client_id, target, target_id, grant) if _is_ending(grant, own) else "",
            }
        )
    return lines


def reason(grant: GrantFacts) -> str:
    """Return why somebody can open a thing: what was said when the grant was given."""
    return grant.purpose


def receiver(share: GrantFacts, names: Mapping[UUID | None, str] = MappingProxyType({})) -> str:
    """Return with whom something is shared, in words."""
    if share.group_id:
        return _("Group: %s") % share.group
    return names.get(share.person_id) or _("Everyone of the client")


def end_url(client_id: UUID, target: Target, target_id: UUID, grant: GrantFacts) -> str:
    """Return where a share is ended."""
    where = {"client_id": client_id, f"{target}_id": target_id, "grant_id": grant.id}
    return reverse(f"documents:end_share{'' if target == 'document' else '_of_folder'}", kwargs=where)


def _everyone(client_id: UUID, target: Target, target_id: UUID, share: GrantFacts) -> dict[str, Any]:
    return {
        "name": receiver(share),
        "everyone": True,
        "why": reason(share),
        "may": _may(share),
        "until": share.ends_at,
        "end_url": end_url(client_id, target, target_id, share),
    }


def _telling(grants: list[GrantFacts], own: set[UUID]) -> GrantFacts:
    """Return the grant that says most: a share of this very thing with this very person, or the newest one."""
    return next((grant for grant in grants if _is_ending(grant, own)), grants[0])


def _is_ending(grant: GrantFacts, own: set[UUID]) -> bool:
    return grant.id in own and grant.person_id is not None


def _may(grant: GrantFacts) -> str:
    if grant.role in _ROLE_WORDS:
        return str(_ROLE_WORDS[grant.role])
    return access.role_titles().get(grant.role, grant.role)
