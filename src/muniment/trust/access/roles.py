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
)
EDITING = tuple(verb for verb in CONTENT if verb != "document:share")
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
    "letters:set",
)

# The roles of the firm that administer every client; what other roles may administer ends at their own clients.
ADMINISTERING = ("super-admin", "admin")

# (role, side): the verbs. Super admins and admins manage the portal and read no client's content.
BUILT_IN: dict[tuple[str, str], tuple[str, ...]] = {
    ("super-admin", "firm"): (*ADMINISTRATION, "mail:read"),
    ("admin", "firm"): ADMINISTRATION,
    ("advisor", "firm"): (*CONTENT, *QUARANTINE, "person:list", "person:invite", "person:assign", "log:read"),
    ("analyst", "firm"): ("document:view", "document:download", "person:list"),
    ("engineer", "firm"): ("document:view", "document:download", "document:upload", "person:list"),
    ("auditor", "firm"): ("person:list", "log:read", "health:read"),
    ("manager", "client"): (*CONTENT, *PEOPLE, "search:switch", "letters:set", "log:read"),
    ("user", "client"): (*EDITING, "person:list", "log:read"),
    ("guest", "client"): (),
    ("viewer", "share"): ("document:view",),
    ("downloader", "share"): ("document:view", "document:download"),
    ("editor", "share"): EDITING,
}
