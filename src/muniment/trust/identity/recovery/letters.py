"""The words of mails about a way back in: to the person it is about, and to who may confirm it."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from muniment.core import config, times
from muniment.core.actor import Actor
from muniment.trust.identity.queries.companies import firm_name
from muniment.trust.identity.recovery.models import Recovery
from muniment.trust.identity.types import letter_text

Text = tuple[str, str]


@letter_text
def asked(actor: Actor, row: Recovery, stop: str) -> Text:
    """Return subject and body that tell the person that they, or somebody with their password, asked."""
    return _("You asked for a way back in: client portal of %(firm)s") % {"firm": firm_name()}, _(
        "Somebody, probably you, gave your password with %(device)s and said that\n"
        "they lost what they sign in with. We have asked your colleagues to confirm that it is you. "
        "Once one of them\n"
        "has, you wait %(hours)s, then sign in with your password and set everything up anew.\n"
        "\n"
        "%(if_not_you)s"
    ) % {
        "device": actor.device or _("an unknown device"),
        "hours": _hours(row.wait_hours),
        "if_not_you": _if_not_you(stop),
    }


@letter_text
def please_confirm(name: str, path: str) -> Text:
    """Return subject and body that ask a colleague whether it is really them."""
    return _("%(name)s lost what they sign in with: client portal of %(firm)s") % {
        "name": name,
        "firm": firm_name(),
    }, _(
        "%(name)s cannot sign in any more, perhaps because a phone was lost, and asks you to confirm "
        "who it is.\n"
        "\n"
        "Speak with them first: face to face, or by a phone number you knew before. Never by a number "
        "or a mail\n"
        "that came with this wish. Then decide here:\n"
        "%(address)s%(path)s\n"
    ) % {"name": name, "address": config.current().address, "path": path}


@letter_text
def confirmed(by: str, row: Recovery, stop: str) -> Text:
    """Return subject and body that tell the person that a colleague confirmed it."""
    ready = row.ready_at or row.expires_at
    return _("%(by)s confirmed that you lost what you sign in with: client portal of %(firm)s") % {
        "by": by,
        "firm": firm_name(),
    }, _(
        "%(by)s confirmed that it is you. From %(moment)s on, sign in with your password and set "
        "everything\n"
        "up anew.\n"
        "This stays open until %(moment_2)s.\n"
        "\n"
        "%(if_not_you)s"
    ) % {
        "by": by,
        "moment": times.moment(ready),
        "moment_2": times.moment(row.expires_at),
        "if_not_you": _if_not_you(stop),
    }


@letter_text
def confirmed_of(by: str, name: str, row: Recovery, path: str) -> Text:
    """Return subject and body that tell the other colleagues; `path` is where they stop it, empty if they may not."""
    wrong = _("stop it here:\n%(address)s%(path)s") if path else _("tell %(firm)s at once.")
    return _("%(by)s confirmed that %(name)s lost what they sign in with: client portal of %(firm)s") % {
        "by": by,
        "name": name,
        "firm": firm_name(),
    }, _(
        "%(by)s confirmed it. From %(moment)s on, %(name)s can set everything up anew with their "
        "password.\n"
        "If that is wrong, %(wrong)s\n"
    ) % {
        "by": by,
        "moment": times.moment(row.ready_at or row.expires_at),
        "name": name,
        "wrong": wrong % {"address": config.current().address, "path": path, "firm": firm_name()},
    }


@letter_text
def stopped(name: str) -> Text:
    """Return subject and body that tell everyone concerned that it was stopped."""
    return _("The way back in of %(name)s was stopped: client portal of %(firm)s") % {
        "name": name,
        "firm": firm_name(),
    }, _(
        "%(name)s signs in as before, or asks again. Whatever was asked for before opens nothing any "
        "more.\n"
        "\n"
        "If you are %(name)s and did not ask for it, somebody knows your password. Choose another one "
        "now:\n"
        "%(address)s/account/password/reset/\n"
    ) % {"name": name, "address": config.current().address}


@letter_text
def done(name: str) -> Text:
    """Return subject and body that tell everyone concerned that the person is back in."""
    return _("%(name)s came back in: client portal of %(firm)s") % {"name": name, "firm": firm_name()}, _(
        "%(name)s signed in with the password after the waiting time, and sets everything up anew. What "
        "they signed in\n"
        "with before opens nothing any more.\n"
        "\n"
        "If this is wrong, tell %(firm)s at once.\n"
    ) % {"name": name, "firm": firm_name()}


def _if_not_you(stop: str) -> str:
    return _(
        "If this was not you, stop it with this link, and choose another password: somebody knows yours.\n"
        "%(address)s%(path)s\n"
    ) % {"address": config.current().address, "path": stop}


def _hours(number: int) -> str:
    return ngettext("%(count)s hour", "%(count)s hours", number) % {"count": number}
