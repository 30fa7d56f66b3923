"""The tus protocol as a browser speaks it, through the whole chain of the web server's layers."""

import base64
import hashlib
import io
from datetime import timedelta

import pytest

from muniment.core import clock, ids
from muniment.core.unit import acting_as
from muniment.portal.documents import actions, queries
from muniment.portal.documents.models import Upload
from muniment.trust.access import actions as access
from tests.portal.documents.uploading import CONTRACT, events, send

TUS = {"Tus-Resumable": "1.0.0"}
PART = "application/offset+octet-stream"


class Tus:
    """A sender in one person's browser."""

    def __init__(self, browser, client_id):
        self.browser = browser
        self.url = f"/{ids.public(client_id)}/uploads/"

    def ask(self, method, url, body=b"", content_type="", **headers):
        names = {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.browser.generic(method, url, body, content_type=content_type, secure=True, headers={**TUS, **names})

    def create(self, name="a.txt", size=5, body=b"", content_type="", **place):
        pairs = {"filename": name, "filetype": "text/plain", **place}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())
        return self.ask("POST", self.url, body, content_type, Upload_Length=size, Upload_Metadata=metadata)

    def patch(self, url, body, offset=0, **headers):
        return self.ask("PATCH", url, body, PART, Upload_Offset=offset, **headers)

    def head(self, url):
        return self.ask("HEAD", url)


@pytest.fixture
def tus(portal, browser_of):
    """Give Cleo's sender."""
    return Tus(browser_of("cleo"), portal.okoye)


def checksum(body, algorithm="sha256"):
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, body).digest()).decode()}"


def test_what_the_server_can_do_is_told(tus):
    answer = tus.ask("OPTIONS", tus.url)

    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,creation-with-upload,termination,checksum,expiration"
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert int(answer["Tus-Max-Size"]) == 10 * 2**30


@pytest.mark.control("share-files")
def test_a_file_sent_in_parts_becomes_a_document(tus, cleo):
    created = tus.create("Contract.pdf", len(CONTRACT))
    url = created["Location"]
    first = tus.patch(url, CONTRACT[:10], Upload_Checksum=checksum(CONTRACT[:10]))
    state = tus.head(url)
    last = tus.patch(url, CONTRACT[10:], 10, Upload_Checksum=checksum(CONTRACT[10:], "sha1"))

    assert [created.status_code, first.status_code, last.status_code] == [201, 204, 204]
    assert (first["Upload-Offset"], state["Upload-Offset"], last["Upload-Offset"]) == ("10", "10", str(len(CONTRACT)))
    assert (state.status_code, state["Upload-Length"], state["Cache-Control"]) == (200, str(len(CONTRACT)), "no-store")
    assert state["Tus-Resumable"] == "1.0.0"
    assert state["Upload-Expires"].endswith("GMT")
    (document,) = queries.documents_in(cleo).rows
    assert (document.name, document.kind) == ("Contract.pdf", "pdf")


def test_a_file_can_come_along_with_its_creation(tus, cleo):
    created = tus.create("a.txt", 5, b"hello", PART)

    assert (created.status_code, created["Upload-Offset"]) == (201, "5")
    assert [row.name for row in queries.documents_in(cleo).rows] == ["a.txt"]


def test_a_file_of_no_bytes_is_a_document_at_once(tus, cleo):
    created = tus.create("empty.txt", 0)

    assert (created.status_code, created["Upload-Offset"]) == (201, "0")
    assert [row.size_bytes for row in queries.documents_in(cleo).rows] == [0]


def test_a_new_version_is_sent_to_its_document(tus, cleo, contract):
    tus.create("Contract.pdf", 5, b"hello", PART, document=ids.public(contract.document_id))

    assert [version.number for version in queries.versions(cleo, contract.document_id)] == [2, 1]


def test_a_wrong_offset_is_refused_with_the_right_one(tus):
    url = tus.create()["Location"]
    tus.patch(url, b"he")

    answer = tus.patch(url, b"llo", 3)

    assert (answer.status_code, answer["Upload-Offset"]) == (409, "2")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "wrong-offset"
    assert tus.head(url)["Upload-Offset"] == "2"


def test_a_part_damaged_on_its_way_is_not_kept(tus):
    url = tus.create()["Location"]

    answer = tus.patch(url, b"hello", 0, Upload_Checksum=checksum(b"hallo"))

    assert (answer.status_code, answer.reason_phrase) == (460, "Checksum Mismatch")
    assert tus.head(url)["Upload-Offset"] == "0"


@pytest.mark.parametrize("header", ["md5 AAAA", "sha256 AAAA", "sha256 ???", "sha256"])
def test_an_unknown_checksum_is_refused(tus, header):
    url = tus.create()["Location"]

    assert tus.patch(url, b"hello", 0, Upload_Checksum=header).status_code == 400


def test_more_than_was_declared_is_refused(tus):
    url = tus.create()["Location"]

    assert tus.patch(url, b"hello world").status_code == 413
    assert tus.head(url)["Upload-Offset"] == "0"


def test_a_checked_part_has_a_greatest_size(tus):
    size = 8 * 2**20 + 1
    url = tus.create("large.bin", size)["Location"]

    assert tus.patch(url, bytes(size), 0, Upload_Checksum=checksum(bytes(size))).status_code == 413
    assert tus.patch(url, bytes(size)).status_code == 204


@pytest.mark.control("server-validation")
@pytest.mark.parametrize("size", ["-1", "1.5", "", "x", "9" * 30, "10737418241"])
def test_a_size_that_is_none_is_refused(tus, size):
    assert tus.create(size=size).status_code in (400, 413)


@pytest.mark.control("server-validation")
@pytest.mark.parametrize("name", ["", "../x", "a/b", "a\\b", "a\0b", "a\r\nb", "x\u202efdp.exe", "n" * 300, ".."])
def test_a_hostile_name_is_refused_and_nothing_is_begun(tus, cleo, name):
    answer = tus.create(name)

    assert (answer.status_code, answer.json()["code"]) == (422, "name-refused")
    assert queries.unfinished_uploads(cleo) == []


@pytest.mark.parametrize("metadata", ["filename ???", "filename " + "QUJD" * 2000])
def test_broken_metadata_is_refused(tus, metadata):
    assert tus.ask("POST", tus.url, Upload_Length=5, Upload_Metadata=metadata).status_code == 400


def test_another_version_of_the_protocol_is_refused(tus):
    answer = tus.browser.generic("POST", tus.url, secure=True, headers={"Tus-Resumable": "0.2.2"})

    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


def test_a_part_needs_its_content_type_and_its_length(tus):
    url = tus.create()["Location"]

    assert tus.ask("PATCH", url, b"hello", "text/plain", Upload_Offset=0).status_code == 415
    unknown = tus.browser.generic(
        "PATCH", url, b"", secure=True, headers={**TUS, "Upload-Offset": "0"}, CONTENT_TYPE=PART, CONTENT_LENGTH=""
    )
    assert unknown.status_code == 411


def test_an_upload_can_be_cancelled(tus, cleo):
    url = tus.create()["Location"]
    tus.patch(url, b"he")

    assert tus.ask("DELETE", url).status_code == 204
    assert tus.head(url).status_code == 410
    assert tus.patch(url, b"llo", 2).status_code == 410
    assert "upload.cancelled" in events(cleo)


@pytest.mark.control("authz-after-auth", "limit-inside")
def test_another_persons_upload_is_not_there(tus, portal, browser_of):
    url = tus.create()["Location"]
    ben, mallory = Tus(browser_of("ben"), portal.okoye), Tus(browser_of("mallory"), portal.okoye)

    for stranger in (ben, mallory):
        answers = [stranger.head(url), stranger.patch(url, b"hello"), stranger.ask("DELETE", url)]
        assert [answer.status_code for answer in answers] == [404, 404, 404]
    assert tus.head(url)["Upload-Offset"] == "0"


def test_another_clients_upload_is_not_there_under_ones_own_client(tus, portal, browser_of):
    upload_id = tus.create()["Location"].rstrip("/").rsplit("/", 1)[1]
    mallory = Tus(browser_of("mallory"), portal.brandt)

    assert mallory.head(f"{mallory.url}{upload_id}/").status_code == 404


def test_an_expired_upload_is_over(tus, cleo):
    url = tus.create()["Location"]
    with acting_as(cleo):
        moment = clock.now() - timedelta(seconds=1)
        Upload.objects.update(created_at=moment - timedelta(days=8), expires_at=moment)

    assert [tus.head(url).status_code, tus.patch(url, b"hello").status_code] == [410, 410]


def test_the_death_of_a_worker_before_the_document_was_made_is_made_good_by_the_next_look(tus, cleo):
    url = tus.create()["Location"]
    (upload,) = queries.unfinished_uploads(cleo)
    send(cleo, upload.id, b"hello")

    assert queries.documents_in(cleo).rows == []
    assert tus.head(url)["Upload-Offset"] == "5"
    assert [row.name for row in queries.documents_in(cleo).rows] == ["a.txt"]


@pytest.mark.control("share-files", "authz-after-auth")
def test_an_ended_share_stops_a_running_upload_at_its_next_part(portal, browser_of, cleo, dan):
    folder = actions.create_folder(cleo, name="For Dan")
    grant = actions.share_folder(
        cleo, folder_id=folder.id, person_id=dan.person_id, role="editor", purpose="Collect receipts"
    )
    sender = Tus(browser_of("dan"), portal.okoye)
    url = sender.create(folder=ids.public(folder.id))["Location"]
    before = sender.patch(url, b"he").status_code

    access.end_grant(cleo, grant_id=grant.id)

    assert (before, sender.patch(url, b"llo", 2).status_code) == (204, 404)


@pytest.mark.parametrize(("headers", "kept"), [({}, "2"), ({"Upload-Checksum": checksum(b"hello")}, "0")])
def test_a_broken_connection_keeps_what_came_unless_it_counts_as_a_whole(tus, headers, kept):
    url = tus.create()["Location"]
    asked = {**TUS, "Upload-Offset": "0", **headers}

    answer = tus.browser.generic(
        "PATCH",
        url,
        secure=True,
        headers=asked,
        **{"CONTENT_TYPE": PART, "CONTENT_LENGTH": "5", "wsgi.input": io.BytesIO(b"he")},
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "sender-gone")
    assert tus.head(url)["Upload-Offset"] == kept


@pytest.mark.control("no-csrf")
def test_a_part_without_the_forms_token_is_refused(tus):
    url = tus.create()["Location"]
    tus.browser.handler.enforce_csrf_checks = True

    assert tus.patch(url, b"hello").status_code == 403
    assert tus.head(url)["Upload-Offset"] == "0"


def test_the_method_cannot_be_said_in_a_header(tus):
    url = tus.create()["Location"]

    answer = tus.ask("POST", url, b"hello", PART, Upload_Offset=0, X_HTTP_Method_Override="PATCH")

    assert answer.status_code == 405
    assert tus.head(url)["Upload-Offset"] == "0"


def test_a_form_is_no_upload(tus):
    answer = tus.browser.post(tus.url, {"filename": "a.txt"}, secure=True, headers={**TUS, "Upload-Length": "5"})

    assert answer.status_code == 422


def asked(monkeypatch) -> list[str]:
    """Return a list that every statement to the database is put into, the bounds of transactions included.

    What travels together (a beginning with its binding, an entry with its whole transaction) is one: it waits once.
    """
    import psycopg

    told: list[str] = []
    real = psycopg.Cursor.execute

    def execute(self, statement, *arguments, **options):
        together = self.connection.info.pipeline_status is not psycopg.pq.PipelineStatus.OFF
        if together and str(statement) != "begin":
            told[-1] += f"; {statement}"
        else:
            told.append(str(statement))
        return real(self, statement, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", execute)
    return told


def test_a_part_in_the_middle_asks_the_database_little(tus, monkeypatch):
    """A large file comes in thousands of parts; each costs the portal this much."""
    url = tus.create("Large.bin", 3000)["Location"]
    tus.patch(url, bytes(1000))

    told = asked(monkeypatch)
    answer = tus.patch(url, bytes(1000), 1000)

    assert answer.status_code == 204
    assert answer["Upload-Expires"].endswith("GMT")
    uploads = [one for one in told if 'FROM "upload"' in one]
    blobs = [one for one in told if 'FROM "blob"' in one]
    assert (len(uploads), len(blobs)) == (1, 1)
    assert sum(one.startswith('SELECT "membership"') for one in told) == 1
    assert len(told) <= 20
