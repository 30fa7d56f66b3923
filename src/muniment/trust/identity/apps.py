"""Who acts."""

from django.apps import AppConfig

from muniment.core.db.walls import declare_global
from muniment.core.health import declare_health

_SIGN_IN = "found before a client is known; names, addresses and secrets are sealed with the people key"
_TABLES = {
    "person": ("select, insert, update", _SIGN_IN),
    "guest": ("select, insert, update", "addresses, sealed with the people key; links name them by id, as entries do"),
    "session": ("select, insert, update, delete", _SIGN_IN),
    "device": ("select, insert, update, delete", "found at sign-in; whose, and the hash of a cookie"),
    "attendance": ("select, insert, update, delete", "read at night for everybody: who was warned and shut out"),
    "email_change": ("select, insert, update, delete", _SIGN_IN),
    "recovery": ("select, insert, update, delete", "found at sign-in; whose, when, and the hash of a link"),
    "sign_in_notice": ("select, insert, update, delete", "found by the hash of a link before anybody is known"),
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
        from muniment.trust.access import queries as access
        from muniment.trust.identity import health, seals
        from muniment.trust.identity.life.queries.idling import able_to_sign_in

        access.only_those_able_with(able_to_sign_in)

        declare_health("mail", "Mails", health.mails)
        declare_health("access", "Countries", health.known_countries)
        declare_health("access", "Breached passwords", health.breached_passwords)

        seals.seal_library_fields()
