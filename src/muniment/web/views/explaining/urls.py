"""Where the explaining pages stand."""

from django.urls import path

from muniment.web.views.explaining import person, trying, who, why

app_name = "explain"
urlpatterns = [
    path("why/", why.why, name="why"),
    path("<id:client_id>/who/", who.client, name="client"),
    path("<id:client_id>/documents/<id:document_id>/who/", who.document, name="document"),
    path("<id:client_id>/documents/folders/<id:folder_id>/who/", who.folder, name="folder"),
    path("<id:client_id>/people/<id:person_id>/", person.person, name="person"),
    path("<id:client_id>/access/mine/", person.mine, name="mine"),
    path("<id:client_id>/access/try/", trying.try_as, name="try"),
]
