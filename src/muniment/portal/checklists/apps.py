"""Checklists: what the firm asks a client for."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from muniment.core import following


class ChecklistsConfig(AppConfig):
    """Checklists, items, templates."""

    name = "muniment.portal.checklists"
    label = "checklists"

    def ready(self) -> None:
        """Declare what can be done with checklists, and take in what others need of them and they of others."""
        from muniment.portal.checklists import permissions  # noqa: F401 - importing declares them
        from muniment.portal.checklists.actions import take_file
        from muniment.portal.checklists.queries import item_url, names_of, visible_ids
        from muniment.portal.conversations.types import declare_subject

        declare_subject("item", word=_("Something asked for"), name_of=names_of, url_of=item_url, may_see=visible_ids)
        following.follow("upload", take_file)
