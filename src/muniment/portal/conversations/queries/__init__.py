"""Every read of threads, messages, notes and templates."""

from muniment.portal.conversations.queries import concerned, needs, search
from muniment.portal.conversations.queries.everywhere import threads_everywhere
from muniment.portal.conversations.queries.people import Reader, able, readers_of
from muniment.portal.conversations.queries.search import found_threads
from muniment.portal.conversations.queries.seeing import subject_of
from muniment.portal.conversations.queries.templates import (
    VARIABLES,
    filled,
    one_of,
    templates,
    templates_to_use,
)
from muniment.portal.conversations.queries.threads import (
    message,
    news,
    revisions,
    thread_page,
    threads,
    threads_about,
)

__all__ = [
    "VARIABLES",
    "Reader",
    "able",
    "concerned",
    "filled",
    "found_threads",
    "message",
    "needs",
    "news",
    "one_of",
    "readers_of",
    "revisions",
    "search",
    "subject_of",
    "templates",
    "templates_to_use",
    "thread_page",
    "threads",
    "threads_about",
    "threads_everywhere",
]
