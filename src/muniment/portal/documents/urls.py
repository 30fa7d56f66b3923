"""Where documents and uploads are."""

from django.urls import path

from muniment.portal.documents import content, rest
from muniment.portal.documents.views import (
    closing,
    document,
    folders,
    guests,
    labels,
    links,
    lists,
    quarantine,
    search,
    sending,
    shares,
    spaces,
)

app_name = "documents"
_C = "<id:client_id>/documents/"
_D = f"{_C}<id:document_id>/"
_Q = "<id:client_id>/quarantine/"
_F = f"{_C}folders/<id:folder_id>/"
_G = "g/<id:client_id>/"

urlpatterns = [
    path(_C, lists.listing, name="list"),
    path(f"{_C}new-folder/", folders.new_folder, name="new_folder"),
    path(f"{_C}new-space/", spaces.new_space, name="new_space"),
    path(f"{_C}send/", sending.send, name="send"),
    path(f"{_C}let-in/", quarantine.let_in, name="let_in"),
    path(f"{_C}pack/", content.pack, name="pack"),
    path(f"{_C}move/", document.move_many, name="move_many"),
    path(f"{_C}to-trash/", document.trash_many, name="trash_many"),
    path(f"{_C}trash/", lists.trashed, name="trashed"),
    path(f"{_C}search/", search.search, name="search"),
    path(f"{_C}search/switch/", search.switch, name="switch_search"),
    path("search/", search.search_everywhere, name="search_everywhere"),
    path(_F, lists.listing, name="list"),
    path(f"{_F}share/", shares.share_folder, name="share_folder"),
    path(f"{_F}share/preview/", shares.preview_folder, name="share_folder_preview"),
    path(f"{_F}shares/<id:grant_id>/end/", shares.end_share_of_folder, name="end_share_of_folder"),
    path(f"{_F}rename/", folders.rename_folder, name="rename_folder"),
    path(f"{_F}move/", folders.move_folder, name="move_folder"),
    path(f"{_F}label/", labels.label_folder, name="label_folder"),
    path(f"{_F}close/", closing.close_folder, name="close_folder"),
    path(f"{_F}open/", closing.open_folder, name="open_folder"),
    path(f"{_F}trash/", folders.trash_folder, name="trash_folder"),
    path(f"{_F}restore/", folders.restore_folder, name="restore_folder"),
    path(_D, document.document, name="document"),
    path(f"{_D}content/", content.content, name="content"),
    path(f"{_D}download/", content.download, name="download"),
    path(f"{_D}share/", shares.share, name="share"),
    path(f"{_D}share/preview/", shares.preview, name="share_preview"),
    path(f"{_D}shares/<id:grant_id>/end/", shares.end_share, name="end_share"),
    path(f"{_D}rename/", document.rename, name="rename"),
    path(f"{_D}move/", document.move, name="move"),
    path(f"{_D}label/", labels.label, name="label"),
    path(f"{_D}trash/", document.trash, name="trash"),
    path(f"{_D}restore/", document.restore, name="restore"),
    path(f"{_D}page/", content.page, name="page"),
    path(f"{_D}link/", links.send_link, name="send_link"),
    path(f"{_D}links/<id:link_id>/end/", links.end_link, name="end_link"),
    path(f"{_F}link/", links.send_link_to_folder, name="send_link_to_folder"),
    path(f"{_F}links/<id:link_id>/end/", links.end_link_to_folder, name="end_link_to_folder"),
    path(f"{_G}view/", guests.view, name="guest_view"),
    path(f"{_G}folders/<id:folder_id>/", guests.folder, name="guest_folder"),
    path(f"{_G}documents/<id:document_id>/", guests.document, name="guest_document"),
    path(f"{_G}documents/<id:document_id>/content/", guests.content, name="guest_content"),
    path(f"{_G}documents/<id:document_id>/page/", guests.page, name="guest_page"),
    path(f"{_G}upload/", guests.upload, name="guest_upload"),
    path(f"{_G}uploads/", rest.guest_uploads, name="guest_uploads"),
    path(f"{_G}uploads/<id:upload_id>/", rest.guest_upload, name="guest_upload_part"),
    path(f"{_G}send/", guests.send, name="guest_send"),
    path("<id:client_id>/links/", links.listing, name="links"),
    path("<id:client_id>/links/<id:link_id>/revoke/", links.revoke, name="revoke_link"),
    path("links/", links.everywhere, name="links_everywhere"),
    path(_Q, quarantine.listing, name="quarantine"),
    path(f"{_Q}<id:version_id>/release/", quarantine.release, name="release"),
    path(f"{_Q}<id:version_id>/destroy/", quarantine.destroy, name="destroy"),
    path("<id:client_id>/upload-rules/", quarantine.upload_rules, name="upload_rules"),
    path("<id:client_id>/uploads/", rest.uploads, name="uploads"),
    path("<id:client_id>/uploads/<id:upload_id>/", rest.upload, name="upload"),
]
