"""Addresses of notices."""

from django.urls import path

from muniment.portal.notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.listing, name="list"),
    path("notices/panel/", views.panel, name="panel"),
    path("notices/read/", views.mark_all_read, name="mark_all_read"),
    path("notices/stop/<secret:secret>/", views.stop, name="stop"),
    path("<id:client_id>/notices/<id:notice_id>/", views.open_notice, name="open"),
    path("<id:client_id>/notices/<id:notice_id>/read/", views.mark_read, name="mark_read"),
    path("account/notices/", views.choices, name="choices"),
]
