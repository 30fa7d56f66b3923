"""Every address of the portal, by app. The client is always in the address, never in the session."""

from muniment.web import converters

converters.register()

urlpatterns: list[object] = []
