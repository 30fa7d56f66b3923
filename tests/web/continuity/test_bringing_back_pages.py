"""One version, or a whole client, is chosen and asked for by who may restore; reading is another right."""

from datetime import timedelta
from typing import Any

import pytest

from muniment.assurance.continuity.models import Backup, Order
from muniment.core import clock, ids
from tests.cast import Portal, signed_in
from tests.guarantees.things import CONTENT, add_document
from tests.web.continuity import history
from tests.worker import as_worker

NEW = "/backups/bring-back/new/"


@pytest.fixture
def lease(portal: Portal) -> Any:
    """Put a lease into Okoye's space, and a backup after it."""
    version = add_document(portal.actor("cleo"), "Lease of the mill.pdf", CONTENT)
    now = clock.now()
    with as_worker():
        Backup.objects.create(kind="base", state="done", started_at=now, ended_at=now, moment=now)
        early = now - timedelta(days=2)
        Backup.objects.create(kind="base", state="done", started_at=early, ended_at=early, moment=early)
    return version


def _path(portal: Portal, **more: Any) -> str:
    values = {"kind": "document", "client": ids.public(portal.okoye), **more}
    return f"{NEW}?{'&'.join(f'{name}={value}' for name, value in values.items())}"


def test_who_administers_sees_a_document_by_its_kind_and_reference_and_not_by_its_name(portal: Portal, lease: Any):
    browser = signed_in(portal.people["ada"])

    listed = browser.get(_path(portal), secure=True).content.decode()
    shown = browser.get(_path(portal, document=ids.public(lease.document_id)), secure=True).content.decode()

    for text in (listed, shown):
        assert "PDF" in text
        assert ids.public(lease.document_id) in text
        assert "Cleo Okoye" in text
        assert "Lease of the mill" not in text


def test_a_version_is_asked_for_and_followed_until_it_has_come_back(portal: Portal, lease: Any):
    browser = signed_in(portal.people["ada"])
    path = _path(portal, document=ids.public(lease.document_id))

    asked = browser.post(path, {"version": ids.public(lease.id), "backup": "newest"}, secure=True)
    shown = browser.get(asked.headers["Location"], secure=True).content.decode()
    with as_worker():
        Order.objects.update(state="done", ended_at=clock.now())
    part = browser.get(f"{asked.headers['Location']}progress/", secure=True, headers={"HX-Request": "true"})
    listed = browser.get("/backups/bring-back/", secure=True).content.decode()

    order = Order.objects.get()
    assert (order.what, order.target_client, order.target_id) == ("restore_document", portal.okoye, lease.id)
    assert order.moment is None
    assert order.asked_by == portal.people["ada"]
    assert "Waits its turn" in shown
    assert part.headers["HX-Refresh"] == "true"
    assert "Okoye Holdings Ltd" in listed
    assert "Done" in listed


def test_a_backup_older_than_the_version_is_not_offered(portal: Portal, lease: Any):
    browser = signed_in(portal.people["ada"])
    early = Backup.objects.order_by("moment").first()
    assert early is not None

    answer = browser.post(
        _path(portal, document=ids.public(lease.document_id)),
        {"version": ids.public(lease.id), "backup": ids.public(early.id)},
        secure=True,
    )

    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_a_document_of_another_client_is_not_found_under_this_one(portal: Portal, lease: Any):
    path = _path(portal, client=ids.public(portal.brandt), document=ids.public(lease.document_id))

    assert signed_in(portal.people["ada"]).get(path, secure=True).status_code == 404


def test_a_whole_client_comes_back_as_it_was_at_a_moment_once_somebody_says_so(portal: Portal):
    history.lay(days=5)
    browser, path = signed_in(portal.people["ada"]), _path(portal, kind="client")
    moment = (clock.now() - timedelta(days=2)).replace(second=0, microsecond=0)
    values = {"backup": "other", "moment": f"{moment:%Y-%m-%dT%H:%M}"}

    unsaid = browser.post(path, values, secure=True)
    too_early = browser.post(path, {**values, "agreed": "on", "moment": "2020-01-01T10:00"}, secure=True)
    asked = browser.post(path, {**values, "agreed": "on"}, secure=True)

    assert (unsaid.status_code, too_early.status_code, asked.status_code) == (422, 422, 302)
    assert "No backup that is kept reaches back so far." in too_early.content.decode()
    order = Order.objects.get(target_client=portal.okoye)
    assert (order.what, order.target_client, order.target_id) == ("restore_client", portal.okoye, None)
    assert order.moment == moment


def test_who_was_not_confirmed_lately_is_asked_before_anything_is_asked_for(portal: Portal, lease: Any):
    browser = signed_in(portal.people["ada"])
    session = browser.session
    session["account_authentication_methods"][1]["at"] -= 3600
    session.save()

    answer = browser.post(
        _path(portal, document=ids.public(lease.document_id)),
        {"version": ids.public(lease.id), "backup": "newest"},
        secure=True,
    )

    assert answer.status_code == 302
    assert "next=" in answer.headers["Location"]
    assert not Order.objects.exists()
