"""Who acts."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health

_SIGN_IN = "found before a client is known; names, addresses and secrets are sealed with the people key"
_TABLES = {
    "person": ("select, insert, update", _SIGN_IN),
    "session": ("select, insert, update, delete", _SIGN_IN),
    "lockout": ("select, insert, update, delete", "counts failed sign-ins under keyed hashes"),
    "letter": ("select, insert, update, delete", "mails waiting to be sent, sealed whole with the people key"),
    "setup_link": ("select, insert, update", "hashes of one-time links made on the host"),
    "account_emailaddress": ("select", "of the sign-in library; it looks there, but there are no rows"),
    "account_emailconfirmation": ("", "of the sign-in library, unused: no rights"),
    "mfa_authenticator": ("select, insert, update, delete", _SIGN_IN),
}


class IdentityConfig(AppConfig):
    """People, sign-in, factors, sessions."""

    name = "muniment.trust.identity"
    label = "identity"

    def ready(self) -> None:
        """Declare the tables that sign-in needs before any client is known, and seal the sign-in library's."""
        for table, (rights, why) in _TABLES.items():
            declare_global(table, rights=rights, why=why)
        from muniment.trust.identity import health, seals

        declare_health("mail", "Mails", health.mails)

        seals.seal_library_fields()
