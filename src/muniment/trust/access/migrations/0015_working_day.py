"""Let built-in roles talk, ask, follow and be told."""

from typing import ClassVar

from django.db import migrations

_PRESENTING = ("presentation:set", "terms:publish")
_TICKETS = ("ticket:view", "ticket:ask")
_FIRMS = ("part:switch", "ticket-kind:set")
_FOLLOWING = ("project:view", "task:move")
_TALKING = ("thread:view", "message:send")
_ASKED = ("checklist:view", "checklist:answer")
VERBS: dict[str, tuple[str, ...]] = {
    "super-admin": (*_FIRMS, *_PRESENTING, "mail:queue", "message-template:set"),
    "admin": (*_FIRMS, *_PRESENTING, "mail:queue", "message-template:set"),
    "advisor": (
        *_FOLLOWING,
        "project:set",
        *_ASKED,
        "checklist:send",
        "checklist:decide",
        "checklist-template:set",
        *_TALKING,
        "thread:assign",
        "note:read",
        "note:write",
        *_TICKETS,
        "ticket:work",
        "ticket:note",
        "ticket:export",
    ),
    "analyst": (
        "project:view",
        "checklist:view",
        "thread:view",
        "note:read",
        "ticket:view",
    ),
    "engineer": (
        "project:view",
        "checklist:view",
        "thread:view",
        "note:read",
        "ticket:view",
    ),
    "manager": (
        *_FOLLOWING,
        *_ASKED,
        *_TALKING,
        *_TICKETS,
    ),
    "user": (
        *_FOLLOWING,
        *_ASKED,
        *_TALKING,
        *_TICKETS,
    ),
}
"""New verbs by role; each app of the working day adds its own."""


def add_verbs(apps, schema_editor):
    """Add the verbs where they are not held yet: in a new installation they are."""
    roles, held = apps.get_model("access", "Role"), apps.get_model("access", "RoleAction")
    for role in roles.objects.filter(name__in=VERBS):
        for verb in VERBS[role.name]:
            held.objects.get_or_create(role=role, verb=verb)


class Migration(migrations.Migration):
    """New verbs of built-in roles."""

    dependencies: ClassVar = [("access", "0014_space_verb")]
    operations: ClassVar = [migrations.RunPython(add_verbs, migrations.RunPython.noop)]
