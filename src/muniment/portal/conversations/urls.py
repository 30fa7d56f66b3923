"""Where conversations are."""

from django.urls import path

from muniment.portal.conversations.views import lists, messages, templates, thread

app_name = "conversations"
_M = "<id:client_id>/messages/"
_A = f"{_M}about/<slug:about>/<id:thing_id>/"
_T = f"{_M}<id:thread_id>/"
_O = f"{_T}<id:message_id>/"

urlpatterns = [
    path(_M, lists.listing, name="list"),
    path(f"{_M}new/", thread.new, name="new"),
    path(_A, lists.about, name="about"),
    path(f"{_A}new/", thread.new, name="new_about"),
    path(_T, thread.thread, name="thread"),
    path(f"{_T}send/", thread.send, name="send"),
    path(f"{_T}since/<slug:cursor>/", thread.since, name="since"),
    path(f"{_T}solve/", thread.solve, name="solve"),
    path(f"{_T}reopen/", thread.reopen, name="reopen"),
    path(f"{_T}assign/", thread.assign, name="assign"),
    path(f"{_T}notes/", thread.note, name="note"),
    path(f"{_T}notes/<id:thread_note_id>/remove/", thread.remove_note, name="remove_note"),
    path(f"{_O}edit/", messages.edit, name="edit"),
    path(f"{_O}remove/", messages.remove, name="remove"),
    path(f"{_O}history/", messages.history, name="history"),
    path("messages/", lists.everywhere, name="everywhere"),
    path("message-templates/", templates.listing, name="templates"),
    path("message-templates/new/", templates.new, name="new_template"),
    path("message-templates/<id:message_template_id>/", templates.template, name="template"),
    path("message-templates/<id:message_template_id>/remove/", templates.remove, name="remove_template"),
]
