"""What goes wrong with stored bytes and with the server that keeps them, and what people are told."""

import os
import socket
import socketserver
import threading
import time
from contextlib import contextmanager
from dataclasses import replace

import pytest

from muniment.core.errors import PortalError
from muniment.trust.vault.blobs.reading import scan
from muniment.trust.vault.blobs.segments import FOOTER_BYTES, RECORD_BYTES, SEGMENT_BYTES
from muniment.trust.vault.errors import BlobMissing, FooterDamaged, SegmentDamaged, SizeDiffers, StoreDown, VaultError
from muniment.trust.vault.store import s3_client
from muniment.trust.vault.store.s3 import S3Store
from muniment.trust.vault.store.s3_place import PART_PLAIN

S = SEGMENT_BYTES
DATA = os.urandom(S + 77)
# each field of the footer by its first byte, counted from the footer's start, and each part of a segment
FOOTER = {
    "magic": 0,
    "suite": 4,
    "segment size": 5,
    "footer size": 6,
    "client": 8,
    "blob": 24,
    "salt": 40,
    "length": 72,
    "segments": 80,
    "tags digest": 88,
    "commitment": 120,
    "authentication": 152,
    "padding": 184,
}
SEGMENT = {
    "nonce": 0,
    "ciphertext": 12,
    "end of the ciphertext": RECORD_BYTES - 17,
    "tag": RECORD_BYTES - 16,
    "nonce of the last": RECORD_BYTES,
    "tag of the last": -FOOTER_BYTES - 1,
}


@pytest.fixture(params=["disk", "s3"])
def upload(request):
    """Give a complete blob in each store."""
    found = request.getfixturevalue({"disk": "begin", "s3": "begin_s3"}[request.param])(DATA)
    found.send()
    return found


def change(upload, damage):
    """Change what is stored of a blob behind the store's back, in place."""
    if upload.store.name == "disk":
        path = upload.path("mnb")
        path.write_bytes(damage(path.read_bytes()))
    else:
        place = upload.store._place(upload.codec.client_id, upload.codec.blob_id)
        place.put(damage(place.read(0, place.size())))


def flip(at, bit=0):
    def damage(content):
        changed = bytearray(content)
        changed[at] ^= 1 << bit
        return bytes(changed)

    return damage


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize("field", FOOTER)
def test_a_flipped_bit_in_any_field_of_the_footer_is_found(upload, field):
    for bit in (0, 7):
        change(upload, flip(len(DATA) + 2 * 28 + FOOTER[field], bit))
        with pytest.raises(FooterDamaged):
            scan(upload.store, upload.codec, len(DATA))
        change(upload, flip(len(DATA) + 2 * 28 + FOOTER[field], bit))
    scan(upload.store, upload.codec, len(DATA))  # as it was


@pytest.mark.control("rest-documents")
@pytest.mark.parametrize("part", SEGMENT)
def test_a_flipped_bit_in_any_part_of_a_segment_is_found(upload, part):
    change(upload, flip(SEGMENT[part]))

    with pytest.raises(SegmentDamaged) as caught:
        scan(upload.store, upload.codec, len(DATA))

    assert caught.value.index == (1 if "last" in part else 0)


@pytest.mark.parametrize("bytes_cut", [1, FOOTER_BYTES, RECORD_BYTES])
def test_a_blob_of_the_wrong_size_is_found(upload, bytes_cut):
    change(upload, lambda content: content[:-bytes_cut])

    with pytest.raises(SizeDiffers):
        scan(upload.store, upload.codec, len(DATA))


def test_a_blob_of_nothing_is_found(upload):
    change(upload, lambda _: b"")

    with pytest.raises(VaultError):
        scan(upload.store, upload.codec, len(DATA))


def test_a_lost_blob_is_found(upload):
    upload.store.delete(upload.codec.client_id, upload.codec.blob_id)

    with pytest.raises(BlobMissing):
        scan(upload.store, upload.codec, len(DATA))


@pytest.mark.parametrize("at", [0, RECORD_BYTES - 1, RECORD_BYTES + 3, -1])
def test_a_flipped_bit_in_the_end_of_an_upload_is_found_while_the_sender_still_has_the_file(begin_s3, at):
    upload = begin_s3(os.urandom(3 * S))
    upload.send(S + 5)
    place = upload.store._place(upload.codec.client_id, upload.codec.blob_id)
    place.put_end(S + 5, flip(at)(place.read_end(S + 5)))

    with pytest.raises(SegmentDamaged) as caught, upload.receiver():
        pytest.fail("the block must not run")

    assert caught.value.index == (0 if at in {0, RECORD_BYTES - 1} else 1)


# -- the server -------------------------------------------------------------------------------------------------------


class Silent(socketserver.ThreadingTCPServer):
    """Takes connections and answers none; or answers a byte a second, for ever."""

    daemon_threads = True
    drops = b""

    def finish_request(self, request, client_address):
        request.recv(65536)
        while True:
            time.sleep(0.2)
            try:
                request.sendall(self.drops)
            except OSError:
                return


@contextmanager
def server(drops=b""):
    with Silent(("127.0.0.1", 0), socketserver.BaseRequestHandler) as found:
        found.drops = drops
        threading.Thread(target=found.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{found.server_address[1]}"
        found.shutdown()


def nowhere():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def attempts(store, codec):
    ids = (codec.client_id, codec.blob_id)
    return [
        lambda: store.open(*ids),
        lambda: store.size(*ids),
        lambda: store.create(*ids),
        lambda: list(store.found(ids[0])),
    ]


def test_a_server_that_is_gone_is_said_at_once_and_clearly(weed, database, codec):
    store = S3Store(replace(weed.address, endpoint=nowhere()))

    for attempt in attempts(store, codec):
        begun = time.monotonic()
        with pytest.raises(StoreDown) as caught:
            attempt()
        assert time.monotonic() - begun < 15
        assert isinstance(caught.value, PortalError)
        assert (caught.value.status, caught.value.code) == (503, "store-down")
        assert "Nothing that was stored is lost" in caught.value.sentence


def test_a_server_that_says_nothing_is_given_up(weed, codec, monkeypatch):
    monkeypatch.setattr(s3_client, "READ_SECONDS", 1)
    with server() as endpoint:
        store = S3Store(replace(weed.address, endpoint=endpoint))
        begun = time.monotonic()

        with pytest.raises(StoreDown):
            store.open(codec.client_id, codec.blob_id)

    assert time.monotonic() - begun < 1 * s3_client.TRIES + 4


def test_a_body_that_drips_for_ever_is_given_up(weed, codec, monkeypatch):
    monkeypatch.setattr(s3_client, "BODY_SECONDS", 1)
    head = b"HTTP/1.1 206 Partial Content\r\nContent-Length: 192\r\nContent-Range: bytes 0-191/192\r\n\r\n"
    with server(drops=b"x") as endpoint, monkeypatch.context() as patch:
        patch.setattr(Silent, "finish_request", _with_head(head, Silent.finish_request))
        store = S3Store(replace(weed.address, endpoint=endpoint))
        begun = time.monotonic()

        with pytest.raises(StoreDown):
            store.open(codec.client_id, codec.blob_id)

    assert time.monotonic() - begun < 10


def _with_head(head, finish_request):
    def answer(self, request, client_address):
        request.sendall(head)
        finish_request(self, request, client_address)

    return answer


def test_patience_is_bounded_in_all(weed):
    config = S3Store(weed.address)._client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (3, 15)
    assert config.retries["total_max_attempts"] == 2


def test_a_wrong_key_is_a_refusal_and_not_a_missing_document(weed, codec):
    store = S3Store(replace(weed.address, secret_key="another"))

    with pytest.raises(StoreDown):
        store.open(codec.client_id, codec.blob_id)


def test_an_upload_keeps_what_came_before_the_server_went_down(begin_s3, weed, monkeypatch):
    upload = begin_s3(os.urandom(PART_PLAIN + 3 * S))
    upload.send(S + 5)
    client = upload.store._client

    with monkeypatch.context() as patch, pytest.raises(StoreDown):
        patch.setattr(upload.store, "_client", s3_client.connect(replace(weed.address, endpoint=nowhere())))
        upload.send()
    assert upload.offset == S + 5
    assert upload.store._client is client
    upload.send()

    assert upload.content() == upload.data


def test_no_secret_stands_in_what_is_said_about_a_store(weed, caplog):
    assert weed.address.secret_key not in repr(weed.address)
    with pytest.raises(ValueError, match=r"\[default\]") as caught:
        path = weed.folder / "broken"
        path.write_text("[default]\nsecret = tell-nobody\n")
        s3_client.read_credentials(path)

    assert "tell-nobody" not in str(caught.value)
    assert caught.value.__cause__ is None or "tell-nobody" not in str(caught.value.__cause__)
