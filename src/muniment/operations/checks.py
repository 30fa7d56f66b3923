"""Looks at what must be right before the portal serves anybody: walls, keys and permissions."""

import sys

import django


def problems() -> list[str]:
    """Return a sentence for everything that is wrong; empty when the portal may serve. Django must be set up."""
    return [*_walls(), *_keys(), *_permissions()]


def _walls() -> list[str]:
    """Look at every table's row security, owner, keys and rights."""
    from django.db import DatabaseError, OperationalError

    from muniment.core.db import catalogue

    try:
        return [f"Walls: {problem}." for problem in catalogue.problems()]
    except OperationalError:
        return ["The database cannot be reached."]
    except DatabaseError:
        return ["The database is not of this version: run muniment migrate."]


def _keys() -> list[str]:
    """Open the root key, and with it every key of the installation."""
    from muniment.trust.vault import queries
    from muniment.trust.vault.errors import KeyMissing, KeyRefused

    found = []
    for purpose in queries.PURPOSES:
        try:
            queries.installation_key(purpose)
        except (KeyMissing, KeyRefused) as error:
            found.append(f"Keys: {error}")
    return found


def _permissions() -> list[str]:
    """Ask Django's checks, among which ours: every route declares a permission or why it needs none."""
    from django.core import checks

    return [f"{error.id}: {error.msg}" for error in checks.run_checks() if error.level >= checks.ERROR]


def main() -> None:
    """Print every problem; the exit code is 1 if there is one."""
    django.setup()
    found = problems()
    for problem in found:
        print(problem)  # noqa: T201 (this is what it is for)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
