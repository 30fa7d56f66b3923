"""Where tickets are."""

from django.urls import path

from muniment.portal.tickets.views import asking, everywhere, kinds, ticket, turning, working

app_name = "tickets"
_C = "<id:client_id>/tickets/"
_T = f"{_C}<id:ticket_id>/"

urlpatterns = [
    path("tickets/", everywhere.everywhere, name="everywhere"),
    path("tickets/export/", everywhere.export, name="export"),
    path("ticket-kinds/", kinds.kinds, name="kinds"),
    path(_C, asking.listing, name="list"),
    path(f"{_C}new/", asking.new, name="new"),
    path(_T, ticket.ticket, name="ticket"),
    path(f"{_T}change/", asking.change, name="change"),
    path(f"{_T}attach/", asking.attach, name="attach"),
    path(f"{_T}documents/<id:document_id>/take-off/", asking.detach, name="detach"),
    path(f"{_T}move/", working.move, name="move"),
    path(f"{_T}answer/", working.answer, name="answer"),
    path(f"{_T}plan/", working.plan, name="plan"),
    path(f"{_T}turn/", turning.turn, name="turn"),
    path(f"{_T}note/", working.note, name="note"),
    path(f"{_T}rate/", working.rate, name="rate"),
]
