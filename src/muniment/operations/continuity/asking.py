"""Ask the running portal's agent to bring something back, and wait for it: what `muniment restore document` does."""

import json
import os
import sys
import time
from datetime import datetime
from typing import Any

import django

TASK = "_MUNIMENT_RETURN_TASK"  # as JSON: `what`, `client` and `version` as their references, `moment`
LOOK_SECONDS = 1.0


def ask(told: dict[str, Any]) -> str:
    """Order what is told, wait until it was done, and return what to print.

    Raises:
        SystemExit: with the reason as its code.
    """
    from muniment.assurance.continuity import actions, queries
    from muniment.core import ids
    from muniment.operations import host
    from muniment.trust.clients import queries as clients

    host.write_down(f"restore {told['what'].removeprefix('restore_')}")
    try:
        client = ids.private(told["client"])
        version = ids.private(told["version"]) if told["version"] else None
    except ValueError:
        sys.exit("This is no reference: it stands in the address of the client's or the version's page.")
    if client not in clients.all_ids():
        sys.exit("There is no such client.")
    actor = host.actor(clients.firm_id(), "On the host")
    moment = datetime.fromisoformat(told["moment"]) if told["moment"] else None
    asked = actions.order(actor, what=told["what"], target_client=client, target_id=version, moment=moment)
    while (found := queries.find_order(actor, order_id=asked.id)).state in {"asked", "taken"}:
        time.sleep(LOOK_SECONDS)
    if found.state == "failed":
        sys.exit(f"It could not be brought back ({found.trouble}); the agent's log says why.")
    if not found.total:
        return "Nothing was missing: every document is here as it is in the backup."
    left = found.total - found.done
    unopened = f" {left} do not open as they are in the backup: their keys or their bytes are gone." if left else ""
    return f"{found.done} documents were brought back, each as a new version.{unopened}"


def main() -> None:
    """Do what the environment describes; a refusal is said in its sentence, with exit code 1."""
    from muniment.core.errors import PortalError

    django.setup()
    try:
        print(ask(json.loads(os.environ[TASK])))  # noqa: T201 - read by the command
    except PortalError as refused:
        sys.exit(refused.sentence)


if __name__ == "__main__":
    main()
