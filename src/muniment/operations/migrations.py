"""Brings the database to this version, in the owner's role, and looks whether the portal may serve."""

import sys

import django

from muniment.operations import checks


def migrate() -> list[str]:
    """Apply what is new, give each role exactly its rights, and return what is wrong afterwards.

    Two that run at the same time wait for each other. Django must be set up.
    """
    from django.core.management import call_command
    from django.db import connection

    from muniment.core.db import sealing, walls
    from muniment.trust.vault import actions as vault

    with connection.cursor() as cursor:
        cursor.execute("set lock_timeout = 0")
        cursor.execute("select pg_advisory_lock(hashtext('muniment/migrate'))")
        try:
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            walls.grant_global_rights()
            sealing.lay_keys()
            vault.make_installation_keys()
            return checks.problems(starting=True)
        finally:
            cursor.execute("select pg_advisory_unlock(hashtext('muniment/migrate'))")


def main() -> None:
    """Migrate and print what is wrong; the exit code is 1 if something is."""
    django.setup()
    found = migrate()
    for problem in found:
        print(problem)  # noqa: T201 (read by the supervisor)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
