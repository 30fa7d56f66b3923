"""The page of who opened our data, in words that people know."""

from muniment.core import ids
from muniment.core.actor import Actor
from muniment.portal.documents import actions
from tests.cast import signed_in
from tests.portal.documents.uploading import add


def test_a_check_of_a_version_names_its_document_and_why(portal):
    cleo = portal.actor("cleo")
    version = add(cleo, "Lease.txt", b"Paragraph one")
    actions.prove_version(Actor.system(portal.okoye, purpose="Check that what was stored opens"), version_id=version.id)

    page = signed_in(portal.people["cleo"]).get(f"/{ids.public(portal.okoye)}/log/", secure=True).content.decode()

    assert "checked that Lease.txt opens as it was stored" in page
    assert "Check that what was stored opens" in page
    assert f"/documents/{ids.public(version.document_id)}/" in page
