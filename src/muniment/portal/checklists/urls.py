"""Where checklists are."""

from django.urls import path

from muniment.portal.checklists import rest
from muniment.portal.checklists.views import drafts, files, items, late, links, lists, templates, working

app_name = "checklists"
_R = "<id:client_id>/requests/"
_C = f"{_R}<id:checklist_id>/"
_I = f"{_R}items/<id:item_id>/"
_D = f"{_R}drafts/<id:draft_id>/"
_T = "checklist-templates/"
_ONE = f"{_T}<id:template_id>/"

urlpatterns = [
    path(_R, lists.listing, name="list"),
    path(f"{_R}new/", drafts.new, name="new"),
    path(_C, lists.checklist, name="checklist"),
    path(f"{_C}remind/", working.remind, name="remind"),
    path(f"{_C}close/", working.close, name="close"),
    path(_I, items.item, name="item"),
    path(f"{_I}keep/", items.keep, name="keep"),
    path(f"{_I}skip/", items.skip, name="skip"),
    path(f"{_I}accept/", working.accept, name="accept"),
    path(f"{_I}send-back/", working.send_back, name="send_back"),
    path(f"{_I}assign/", working.assign, name="assign"),
    path(f"{_I}uploads/", rest.uploads, name="uploads"),
    path(f"{_I}send/", files.send, name="send_file"),
    path(f"{_I}files/<id:file_id>/remove/", files.remove, name="remove_file"),
    path(f"{_I}link/", links.send_link, name="send_link"),
    path(_D, drafts.draft, name="draft"),
    path(f"{_D}item-<int:number>/", drafts.item, name="draft_item"),
    path(f"{_D}item-<int:number>/move/", drafts.move, name="draft_move"),
    path(f"{_D}send/", drafts.send, name="send_draft"),
    path(f"{_D}discard/", drafts.discard, name="discard_draft"),
    path(_T, templates.listing, name="templates"),
    path(f"{_T}new/", templates.new, name="new_template"),
    path(_ONE, templates.template, name="template"),
    path(f"{_ONE}item-<int:number>/", templates.item, name="template_item"),
    path(f"{_ONE}item-<int:number>/move/", templates.move, name="template_move"),
    path(f"{_ONE}send/", templates.send, name="send_template"),
    path(f"{_ONE}retire/", templates.retire, name="retire_template"),
    path("late-requests/", late.late, name="late"),
]
