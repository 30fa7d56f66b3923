"""Notices as their person sees them, and what people chose to get by mail."""

from muniment.portal.notices.queries.choices import choices_of
from muniment.portal.notices.queries.own import PAGE, own_notices, stop_of, unread, unread_places

__all__ = ["PAGE", "choices_of", "own_notices", "stop_of", "unread", "unread_places"]
