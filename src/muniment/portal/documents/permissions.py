"""What can be done with documents and folders, and where grants on them can be given."""

from muniment.trust.access.types import declare_permission, declare_scope

declare_scope("folder", "documents.Folder", container="parent", closed="is_closed", label="label")
declare_scope("document", "documents.Document", container="folder", label="label")

declare_permission("document:view", "Open documents in the browser", action="view")
declare_permission("document:download", "Download documents", action="download")
declare_permission("document:upload", "Add documents and new versions", action="upload")
declare_permission("document:rename", "Rename documents", action="edit")
declare_permission("document:move", "Move documents to another folder", action="edit")
declare_permission("document:trash", "Put documents into the trash", action="delete")
declare_permission("document:restore", "Take documents out of the trash", action="delete")
declare_permission("document:share", "Let others open documents and folders", action="share")
declare_permission("label:set", "Say how guarded documents and folders are", action="edit")
declare_permission("quarantine:read", "See which uploads are held back, and why", administers=True, fresh=False)
declare_permission("version:release", "Let go, as one of two people, what was held back", administers=True)
declare_permission("version:destroy", "Destroy what was held back", administers=True)
declare_permission("upload-rules:set", "Decide which uploads are let in", administers=True)
declare_permission("search:switch", "Switch the search of a client off and on", administers=True)
declare_permission("folder:create", "Make folders", action="upload")
declare_permission("folder:close", "Close folders to those around them, and open them again", action="share")
declare_permission("space:create", "Make spaces, closed to all but those meant for them", action="share")
declare_permission("folder:rename", "Rename folders", action="edit")
declare_permission("folder:move", "Move folders", action="edit")
declare_permission("folder:trash", "Put folders into the trash", action="delete")
declare_permission("folder:restore", "Take folders out of the trash", action="delete")
