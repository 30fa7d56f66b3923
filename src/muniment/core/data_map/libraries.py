"""What the tables of the libraries keep, by the names of their tables, and columns that no model knows."""

from muniment.core.data_map.classes import Kept, clear, personal, secret

_CODE = "a word from the code"
_VERSION = "as long as the version runs"
_UNUSED = "not at all: no role of the portal may write here"

LIBRARIES: dict[str, Kept] = {
    "django_content_type": Kept(_VERSION, app_label=clear("Names an app", _CODE), model=clear("Names a table", _CODE)),
    "auth_permission": Kept(
        _VERSION,
        name=clear("Django's own name of a right; unused", _CODE),
        content_type=clear("Which table it is about"),
        codename=clear("The same for programs", _CODE),
    ),
    "auth_group": Kept(_UNUSED, name=clear("Unused", "no role may write here")),
    "auth_group_permissions": Kept(_UNUSED, group=clear("Unused"), permission=clear("Unused")),
    "account_emailaddress": Kept(
        _UNUSED,
        user=clear("Whose address it would be"),
        email=personal("Where the sign-in library looks for an address first; addresses are in `person`"),
        verified=clear("Unused"),
        primary=clear("Unused"),
    ),
    "account_emailconfirmation": Kept(
        _UNUSED,
        email_address=clear("Unused"),
        created=clear("Unused"),
        sent=clear("Unused"),
        key=secret("Unused: addresses are proved by invitations", because="no role may write here"),
    ),
    "mfa_authenticator": Kept(
        "until the person removes the factor",
        user=clear("Whose factor it is"),
        type=clear("Which kind of factor", _CODE),
        data=secret(
            "Proves the second factor: the secret shared with an app, the seed of recovery codes, or the public part, "
            "name and count of a passkey"
        ),
        last_used_at=clear("When it was last used; shown to the person"),
    ),
    "procrastinate_workers": Kept("until the worker ends", last_heartbeat=clear("When the worker was last alive")),
    "procrastinate_jobs": Kept(
        "until the work is done; work that failed stays for the operator to see",
        queue_name=clear("Which workers take it", _CODE),
        task_name=clear("What is to be done", _CODE),
        priority=clear("In which order"),
        lock=clear("What may not run beside it", "an id or a word from the code"),
        args=clear("What it is to be done to", "ids, numbers and times alone; a test reads every job"),
        status=clear("How far it is", _CODE),
        scheduled_at=clear("When it is due"),
        attempts=clear("How often it was tried"),
        queueing_lock=clear("What may not wait beside it", "an id or a word from the code"),
        abort_requested=clear("Whether it is to stop"),
        worker=clear("Who is at it"),
    ),
    "procrastinate_events": Kept(
        "as long as the job", job=clear("Which job"), type=clear("What happened to it", _CODE), at=clear("When")
    ),
    "procrastinate_periodic_defers": Kept(
        "until the next run",
        task_name=clear("What runs by the clock", _CODE),
        defer_timestamp=clear("For when"),
        job=clear("Which job"),
        periodic_id=clear("Which of several clocks", _CODE),
    ),
}

# Tables and columns that no model knows.
BESIDE_MODELS: dict[str, Kept] = {
    "django_migrations": Kept(
        _VERSION,
        id=clear("Names the row"),
        app=clear("Whose migration", _CODE),
        name=clear("Which migration ran", _CODE),
        applied=clear("When"),
    ),
    "cache_entry": Kept(
        "until the moment in `expires_at`, swept every ten minutes; never in a backup",
        key=clear("Finds a counter or a short-lived value", "a hash; what is counted is hashed with the people key"),
        value=clear("Counts tries and running downloads, lets somebody in past a delay", "numbers, ids and hashes"),
        expires_at=clear("When it is over"),
    ),
    "binding_key": Kept(
        "until the server key is another one; the seal for good",
        one=clear("Names the only row"),
        proof_inner=secret("Checks who binds a transaction to a client", because="no role of the portal may read it"),
        proof_outer=secret("The same", because="no role of the portal may read it"),
        seal_inner=secret("Seals what a transaction is bound to", because="no role of the portal may read it"),
        seal_outer=secret("The same", because="no role of the portal may read it"),
    ),
    "entry": Kept(
        "as long as the log",
        xid=clear("In which transaction it was written; orders the log"),
        position=clear("Its place in the client's log"),
    ),
}
