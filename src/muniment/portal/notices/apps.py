"""Notices: who is told of what, where and when."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global

_TABLES = {
    "notice_habits": ("select, insert, update, delete", "of people, who belong to several clients: whose, and hours"),
    "notice_choice": ("select, insert, update, delete", "of people, who belong to several clients: whose, and words"),
    "notice_stop": ("select, insert, delete", "found by the hash of a link before anybody is known"),
}


class NoticesConfig(AppConfig):
    """People are told of what concerns them: by the bell, and by mail as they choose."""

    name = "muniment.portal.notices"
    label = "notices"

    def ready(self) -> None:
        """Declare the tables about people rather than clients."""
        for table, (rights, why) in _TABLES.items():
            declare_global(table, rights=rights, why=why)
