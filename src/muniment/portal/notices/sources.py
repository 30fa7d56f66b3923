"""Where notices come from: the apps that say whom their acts concern."""

from typing import Final

from django.utils.translation import gettext_lazy as lazy

from muniment.portal.checklists.queries import concerned as checklists
from muniment.portal.conversations.queries import concerned as conversations
from muniment.portal.documents.queries import concerned as documents
from muniment.portal.notices.queries import concerned as portal
from muniment.portal.notices.types import Source
from muniment.portal.projects.queries import concerned as projects
from muniment.portal.tickets.queries import concerned as tickets

SOURCES: Final[tuple[Source, ...]] = (
    Source("conversations", lazy("Messages"), conversations.CONCERNED),
    Source("checklists", lazy("Requests"), checklists.CONCERNED),
    Source("documents", lazy("Documents"), documents.CONCERNED),
    Source("projects", lazy("Projects"), projects.CONCERNED),
    Source("tickets", lazy("Tickets"), tickets.CONCERNED),
    Source("portal", lazy("The portal itself"), portal.CONCERNED),
)
OF_ADMINISTRATORS: Final = frozenset({"portal"})
EVENTS: Final = {event: source for source in SOURCES for event in source.concerned}
KINDS: Final = tuple(source.kind for source in SOURCES)
