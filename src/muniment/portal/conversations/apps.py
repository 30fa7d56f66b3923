"""Conversations: firm and client talk, about things too, and the firm keeps notes of its own beside them."""

from django.apps import AppConfig


class ConversationsConfig(AppConfig):
    """Threads, messages, notes of the firm, templates."""

    name = "muniment.portal.conversations"
    label = "conversations"

    def ready(self) -> None:
        """Declare what can be done with threads, and that they can be about documents."""
        from muniment.portal.conversations import documents, permissions  # noqa: F401 - importing declares them

        documents.declare()
