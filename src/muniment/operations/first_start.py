"""What a start shows people: how the first super admin is set up, or who may sign in to the demo."""

import json
import os
import sys
from typing import Any

import django

from muniment.core import config
from muniment.core.config import Config
from muniment.operations import host

ADMIN = "_MUNIMENT_ADMIN"  # e-mail address and name as JSON; the command line would show them to every user


def welcome(present: Config) -> dict[str, Any]:
    """Return `link`, or the demo's `sign_ins` (making its people first), or nothing once a firm is set up.

    Django must be set up.
    """
    from muniment.trust.identity import actions as identity
    from muniment.trust.identity.errors import AlreadySetUp

    if present.demo:
        from muniment.operations.demo import people

        return {"sign_ins": people.sign_ins(present.data)}
    try:
        return {"link": present.address + identity.make_setup_link()}
    except AlreadySetUp:
        return {}


def admin_link(present: Config, *, email: str, name: str) -> str:
    """Return the one-use link with which a further super admin joins, or the first is set up."""
    from muniment.core.errors import PortalError
    from muniment.trust.clients import queries as clients
    from muniment.trust.identity import actions as identity

    if clients.find_firm_id() is None:
        return present.address + identity.make_setup_link()
    try:
        return present.address + identity.make_admin_link(email=email, name=name)
    except PortalError as refused:
        sys.exit(refused.sentence)


def _write_down(command: str) -> None:
    from muniment.core.errors import PortalError

    try:
        host.write_down(command)
    except PortalError as refused:
        sys.exit(refused.sentence)


def main() -> None:
    """Print the welcome as JSON, or the link for another admin when one is described in the environment."""
    django.setup()
    from muniment.trust.identity.actions import hash_at_once

    hash_at_once()
    present = config.current()
    described = os.environ.get(ADMIN)
    _write_down("admin create" if described else "up")
    if described:
        print(admin_link(present, **json.loads(described)))  # noqa: T201 (read by the command)
    else:
        print(json.dumps(welcome(present)))  # noqa: T201 (read by the supervisor)


if __name__ == "__main__":
    main()
