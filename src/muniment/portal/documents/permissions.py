"""What can be done with documents and folders, and where grants on them can be given."""

from muniment.trust.access.types import declare_permission, declare_scope

declare_scope("folder", "documents.Folder", container="parent")
declare_scope("document", "documents.Document", container="folder")

declare_permission("document:view", "Open documents in the browser")
declare_permission("document:download", "Download documents")
declare_permission("document:upload", "Add documents and new versions")
declare_permission("document:rename", "Rename documents")
declare_permission("document:move", "Move documents to another folder")
declare_permission("document:trash", "Put documents into the trash")
declare_permission("document:restore", "Take documents out of the trash")
declare_permission("document:share", "Let others open documents and folders")
declare_permission("quarantine:read", "See which uploads are held back, and why", administers=True)
declare_permission("version:release", "Let go, as one of two people, what was held back", administers=True)
declare_permission("version:destroy", "Destroy what was held back", administers=True)
declare_permission("upload-rules:set", "Decide which uploads are let in", administers=True)
declare_permission("search:switch", "Switch the search of a client off and on", administers=True)
declare_permission("folder:create", "Make folders")
declare_permission("folder:rename", "Rename folders")
declare_permission("folder:move", "Move folders")
declare_permission("folder:trash", "Put folders into the trash")
declare_permission("folder:restore", "Take folders out of the trash")
