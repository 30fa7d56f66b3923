"""The built-in roles: what each may do when the portal is new."""

CONTENT = (
    "document:view",
    "document:download",
    "document:upload",
    "document:rename",
    "document:move",
    "document:trash",
    "document:restore",
    "document:share",
    "folder:create",
    "folder:rename",
    "folder:move",
    "folder:trash",
    "folder:restore",
    "label:set",
    "folder:close",
)
GUARDING = ("document:share", "label:set", "folder:close")
EDITING = tuple(verb for verb in CONTENT if verb not in GUARDING)
REVIEWING = ("request:decide", "review:read", "review:decide")
PEOPLE = ("person:list", "person:invite", "person:end")
QUARANTINE = ("quarantine:read", "version:release", "version:destroy")
KEYS = ("key:list", "key:turn", "key:destroy", "hold:place")
ADMINISTRATION = (
    *KEYS,
    "client:open",
    "client:list",
    "log:read",
    "person:assign",
    *PEOPLE,
    *QUARANTINE,
    "upload-rules:set",
    "search:switch",
    "log-retention:set",
    "health:read",
    *REVIEWING,
    "letters:set",
    "access:explain",
    "conditions:read",
    "conditions:set",
    "rule:set",
    "network:set",
    "link:list",
    "link:revoke",
    "role:set",
    "group:set",
    "manager-roles:set",
    "provider:set",
)

FIXED = frozenset({"super-admin"})  # who holds it can always put right what was set wrong
OF_THE_LOG = "log:read"  # reaches no content, though it does not follow into every client

# What managers of a client may give as long as nobody of the firm decided otherwise for that client.
MANAGERS_GIVE = ("manager", "user", "guest")

# (role, side): the verbs. Super admins and admins manage the portal and read no client's content.
BUILT_IN: dict[tuple[str, str], tuple[str, ...]] = {
    ("super-admin", "firm"): (*ADMINISTRATION, "mail:read"),
    ("admin", "firm"): ADMINISTRATION,
    ("advisor", "firm"): (
        *CONTENT,
        "space:create",
        *QUARANTINE,
        "person:list",
        "person:invite",
        "person:assign",
        *REVIEWING,
        "group:set",
        "manager-roles:set",
        "access:explain",
        "conditions:read",
        "link:list",
        "link:revoke",
        "client:look",
        "log:read",
    ),
    ("analyst", "firm"): ("document:view", "document:download", "person:list", "client:look"),
    ("engineer", "firm"): (
        "document:view",
        "document:download",
        "document:upload",
        "person:list",
        "client:look",
    ),
    ("auditor", "firm"): (
        "person:list",
        "log:read",
        "review:read",
        "health:read",
        "access:explain",
        "conditions:read",
        "link:list",
    ),
    ("manager", "client"): (
        *CONTENT,
        *PEOPLE,
        *REVIEWING,
        "access:explain",
        "conditions:read",
        "link:list",
        "link:revoke",
        "group:set",
        "search:switch",
        "letters:set",
        "log:read",
    ),
    ("user", "client"): (*EDITING, "person:list", "log:read"),
    ("guest", "client"): (),
    ("viewer", "share"): ("document:view",),
    ("downloader", "share"): ("document:view", "document:download"),
    ("editor", "share"): EDITING,
}

ORDER = tuple(name for name, _side in BUILT_IN)  # as lists show them, the most capable of each side first

# What the firm may let roles of a side hold beyond the built-in ones.
_ALSO = {"client": frozenset({"provider:set"})}

# What a role of a side can hold at all: people of a client are never given what only the firm does.
SIDES_MAY: dict[str, frozenset[str]] = {
    side: frozenset(verb for (_name, of), verbs in BUILT_IN.items() if of == side for verb in verbs)
    | _ALSO.get(side, frozenset())
    for side in ("client", "share")
}
