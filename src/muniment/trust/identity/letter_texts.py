"""The words of the portal's mails: who, what kind, and a link."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from muniment.core import config, times
from muniment.core.actor import Actor
from muniment.trust.access.types import GuestLinkFacts
from muniment.trust.clients import queries as clients
from muniment.trust.identity import models
from muniment.trust.identity.queries.companies import companies, firm_name
from muniment.trust.identity.queries.people import people
from muniment.trust.identity.types import letter_text

Text = tuple[str, str]


@dataclass(frozen=True)
class Inviting:
    """Who invites, to which company (empty: the firm), in whose portal: the same in every mail of a list."""

    who: str
    where: str
    firm: str


def inviting(actor: Actor) -> Inviting:
    """Return what invitations of the actor to their client say."""
    firm = _firm_name()
    inviter = people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    company = companies([actor.client])[actor.client]
    where = "" if company.kind == "firm" else company.name
    return Inviting(inviter.name if inviter else firm, where, firm)


@letter_text
def invitation(said: Inviting, row: models.Invitation, path: str) -> Text:
    """Return subject and body of an invitation."""
    return _("%(who)s invites you to the client portal of %(firm)s") % {"who": said.who, "firm": said.firm}, _(
        "Hello %(name)s,\n"
        "\n"
        "%(who)s invites you to %(where)s in the client portal of %(firm)s.\n"
        "\n"
        "Open this link to join. It works once, until %(day)s, and only for you:\n"
        "%(address)s%(path)s\n"
        "\n"
        "If you did not expect this, ignore it: without the link nothing happens.\n"
    ) % {
        "name": row.name,
        "who": said.who,
        "where": _("the space of %(company)s") % {"company": said.where} if said.where else _("the portal"),
        "firm": said.firm,
        "day": times.day(row.expires_at),
        "address": config.current().address,
        "path": path,
    }


@letter_text
def guest_link(actor: Actor, link: GuestLinkFacts, path: str) -> Text:
    """Return subject and body of a link to one task."""
    firm = _firm_name()
    maker = people([actor.person_id]).get(actor.person_id) if actor.person_id else None
    who = maker.name if maker else firm
    company = companies([actor.client])[actor.client].name
    task = _("open something") if link.task == "view" else _("send files")
    return _("%(who)s asks you to %(task)s in the client portal of %(firm)s") % {
        "who": who,
        "task": task,
        "firm": firm,
    }, _(
        "Hello,\n"
        "\n"
        "%(who)s sends you a link to %(task)s in the space of %(company)s in the client portal of "
        "%(firm)s.\n"
        "You need no account. When you open it, a code is sent to this address.\n"
        "\n"
        "It works until %(moment)s, and only for you:\n"
        "%(address)s%(path)s\n"
        "\n"
        "If you did not expect this, ignore it: without the code nothing can be opened.\n"
    ) % {
        "who": who,
        "task": task,
        "company": company,
        "firm": firm,
        "moment": times.moment(link.expires_at),
        "address": config.current().address,
        "path": path,
    }


@letter_text
def guest_code(code: str) -> Text:
    """Return subject and body of the code that proves that a mailbox is a guest's."""
    return _("Your code for the client portal of %(firm)s") % {"firm": _firm_name()}, _(
        "Your code: %(code)s\n"
        "\n"
        "It works once, for ten minutes, in the browser in which you asked for it. If you did not ask, "
        "ignore this.\n"
    ) % {"code": code}


@letter_text
def password_reset(path: str) -> Text:
    """Return subject and body of a link that resets a password."""
    return _("Choose a new password for the client portal of %(firm)s") % {"firm": _firm_name()}, _(
        "Somebody, probably you, asked for a new password.\n"
        "\n"
        "Open this link to choose one. It works once, within an hour:\n"
        "%(address)s%(path)s\n"
        "\n"
        "You will still need your authenticator app or a recovery code to sign in. If you did not ask, "
        "ignore this:\n"
        "your password stays as it is.\n"
    ) % {"address": config.current().address, "path": path}


@letter_text
def password_changed(actor: Actor) -> Text:
    """Return subject and body that tell of a changed password."""
    return _happened(actor, _("Your password was changed"), _("Every other session was signed out."))


@letter_text
def factor_changed(actor: Actor, what: str) -> Text:
    """Return subject and body that tell of a changed second factor; `what` is marked to be translated."""
    return _happened(actor, _(what), _("Every other session was signed out."))


@letter_text
def passkey_copied(actor: Actor, name: str) -> Text:
    """Return subject and body that tell that a key may have been copied."""
    return _happened(
        actor,
        _("Your security key %(name)s may have been copied") % {"name": name},
        _(
            "It was used with an older count than before, which happens when there are two of it. This try was "
            "refused. If you did not copy it yourself, remove it from your account and use another way to sign in."
        ),
    )


@letter_text
def sign_in_delayed(actor: Actor, path: str) -> Text:
    """Return subject and body that tell of many failed tries to sign in, with a way in for whoever reads them."""
    return _happened(
        actor,
        _("Somebody failed to sign in to your account several times"),
        _(
            "Tries from there are delayed now; you can sign in from anywhere else, and with a passkey, as always.\n\n"
            "If it was you, open this link where you want to sign in: there you need not wait. It works once, within "
            "a day:\n%(address)s%(path)s\n\n"
            "If it was not you and the password is used elsewhere too, change it."
        )
        % {"address": config.current().address, "path": path},
    )


def _happened(actor: Actor, what: str, then: str) -> Text:
    firm = _firm_name()
    return _("%(what)s: client portal of %(firm)s") % {"what": what, "firm": firm}, _(
        "%(what)s, from %(device)s.\n"
        "%(then)s\n"
        "\n"
        "If this was not you, tell %(firm)s at once. Your sessions and sign-in are here:\n"
        "%(address)s/account/\n"
    ) % {
        "what": what,
        "device": actor.device or _("an unknown device"),
        "then": then,
        "firm": firm,
        "address": config.current().address,
    }


def _firm_name() -> str:
    return firm_name() if clients.find_firm_id() else _("your firm")


@letter_text
def mail_try() -> Text:
    """Return subject and body of the mail that tries the mail server."""
    return _("The mails of the client portal of %(firm)s arrive") % {"firm": _firm_name()}, _(
        "This mail was sent to try the mail server of the portal. If you read it, the portal can reach people.\n\n"
        "Look at who it says it is from, and answer it once: that shows where answers go. Then go on here:\n"
        "%(address)s/first-steps/\n"
    ) % {"address": config.current().address}
