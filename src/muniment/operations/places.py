"""The data directory and who owns what in it."""

from dataclasses import dataclass

from muniment.core.config import Config
from muniment.operations import accounts
from muniment.operations.errors import StartRefused
from muniment.operations.processes import Account

SMALL = ("keys", "tls")
LARGE = ("store", "mail")


@dataclass(frozen=True)
class Accounts:
    """Who runs what; None is the account of this process."""

    database: Account | None
    portal: Account | None
    warning: str = ""


def choose(present: Config, *, allow_root: bool) -> Accounts:
    """Return who runs the database and who runs the portal.

    An ordinary user runs both. Started as root, both run as the system user `muniment`; where that one
    cannot read the interpreter, the portal may stay root in a demo, or when `allow_root` says so.

    Raises:
        StartRefused: the portal would run as root without leave.
    """
    if not accounts.is_root():
        return Accounts(None, None)
    account = accounts.ensure_system_user()
    if accounts.can_run_portal(account):
        return Accounts(account, account)
    reason = accounts.closed_interpreter(account)
    if not (present.demo or allow_root):
        raise StartRefused(f"{reason} To run web and worker as root all the same, start with --allow-root.")
    return Accounts(account, None, warning=reason)


def make_places(present: Config, chosen: Accounts) -> None:
    """Make the data directory, closed to everyone else, and hand what is in it to the account that needs it.

    Raises:
        StartRefused: it cannot be made, or belongs to somebody else.
    """
    try:
        present.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        present.data.chmod(0o700)
        for name in (*SMALL, *LARGE, "logs"):
            (present.data / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise StartRefused(
            f"The data directory {present.data} cannot be made or closed to others: {error.strerror}."
        ) from error
    if not accounts.is_root():
        return
    portal = chosen.portal or accounts.own()
    for name in SMALL:
        accounts.hand_over(present.data / name, portal)
    for name in LARGE:
        if (present.data / name).stat().st_uid != portal.uid:
            accounts.hand_over(present.data / name, portal)
    for path in present.logs.glob("*.log*"):
        accounts.hand_over_alone(path, portal)
    for path in (present.data, present.logs):  # PostgreSQL has to enter them; root can anyway
        accounts.hand_over_alone(path, chosen.database or portal)
