"""The range source: what leaves the portal, what its answer means, and what counts while it does not answer."""

import hashlib
import ssl
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address

import pytest

PHRASE = "kelp lantern gravel otters"
DIGEST = hashlib.sha1(PHRASE.encode(), usedforsecurity=False).hexdigest().upper()
OTHER = f"{'0' * 35}:7"


class Source:
    """A range source on this machine; `body` is what it says, and it keeps what it was asked."""

    def __init__(self):
        self.url = ""
        self.asked, self.body, self.status, self.wait_seconds, self.drip = [], OTHER, 200, 0.0, False


@contextmanager
def source(tls=None):
    told = Source()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            told.asked.append((self.path, dict(self.headers)))
            time.sleep(told.wait_seconds)
            data = told.body.encode()
            self.send_response(told.status)
            if told.status == 302:
                self.send_header("Location", "/elsewhere/")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            if not told.drip:
                self.wfile.write(data)
                return
            for byte in data:
                self.wfile.write(bytes([byte]))
                self.wfile.flush()
                time.sleep(0.3)

        def log_message(self, *_):
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    told.url = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}/range/"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def ranges(portal, monkeypatch):
    """Give the module as a process has it that has just begun, and set the source for one test."""
    from dataclasses import replace

    from muniment.core import config
    from muniment.trust.identity.strength import ranges

    ranges._answers.clear()
    ranges._silent_until[0] = 0.0
    present = config.current()

    def use(url):
        changed = replace(present, breached_passwords_url=url)
        monkeypatch.setattr(config, "current", lambda: changed)
        return ranges

    return use


@pytest.mark.control("pw-breach-check")
def test_a_password_in_the_answer_is_refused(ranges):
    from muniment.trust.identity.passwords import KNOWN, problems

    with source() as told:
        told.body = f"{OTHER}\r\n{DIGEST[5:]}:12\r\n"
        ranges(told.url)

        assert problems(PHRASE) == (KNOWN,)


@pytest.mark.control("pw-breach-check")
def test_only_five_characters_of_a_hash_leave_the_portal(ranges):
    with source() as told:
        assert not ranges(told.url).is_breached(PHRASE)

    ((path, headers),) = told.asked
    assert path == f"/range/{DIGEST[:5]}"
    sent = path + str(headers)
    assert DIGEST[5:10] not in sent.upper()
    assert not any(word in sent for word in PHRASE.split())
    assert headers["Add-Padding"] == "true"
    assert set(headers) <= {"Host", "Accept-Encoding", "Add-Padding", "User-Agent"}


def test_what_is_only_padding_refuses_nobody(ranges):
    with source() as told:
        told.body = f"{OTHER}\r\n{DIGEST[5:]}:0\r\n"

        assert not ranges(told.url).is_breached(PHRASE)


@pytest.mark.control("pw-breach-check")
@pytest.mark.parametrize(
    "broken",
    [
        {"status": 503},
        {"status": 302},
        {"body": ""},
        {"body": "<html>Sign in to the network</html>"},
        {"wait_seconds": 5.0},
        {"drip": True},
        {"body": "A" * 600_000},
    ],
    ids=["down", "redirects", "empty", "something-else", "silent", "drips", "endless"],
)
def test_without_a_usable_answer_the_bundled_lists_count_and_it_is_said(ranges, broken):
    from muniment.trust.identity import health
    from muniment.trust.identity.passwords import problems

    with source() as told:
        vars(told).update(broken)
        ranges(told.url)
        begun = time.monotonic()

        assert problems(PHRASE) == (), "a good password is taken all the same"
        assert time.monotonic() - begun < 4.0, "two seconds, and what the machine needs"
        assert problems("charlotte123"), "the bundled lists count"
        (line,) = health.breached_passwords()
        assert (line.name, line.state) == ("Breached passwords", "notice")
    assert not any("elsewhere" in path for path, _ in told.asked), "no redirect is followed"


def test_nobody_there_is_no_answer_either(ranges, capsys):
    from muniment.trust.identity import health

    with source() as told:
        url = told.url
    used = ranges(url)

    assert not used.is_breached(PHRASE)
    assert used.why_down()
    assert next(iter(health.breached_passwords())).state == "notice"


def test_health_is_good_again_once_it_answers(ranges):
    from muniment.trust.identity import health

    with source() as told:
        told.status = 503
        used = ranges(told.url)
        used.is_breached(PHRASE)
        told.status = 200
        used._silent_until[0] = 0.0

        assert not used.is_breached(PHRASE)
    assert next(iter(health.breached_passwords())).state == "good"


def test_while_it_is_down_it_is_not_asked_for_every_password(ranges):
    with source() as told:
        told.status = 503
        used = ranges(told.url)
        for number in range(5):
            used.is_breached(f"{PHRASE} {number}")

    assert len(told.asked) == 1


def test_form_and_act_ask_once(ranges):
    with source() as told:
        used = ranges(told.url)
        used.is_breached(PHRASE)
        used.is_breached(PHRASE)

    assert len(told.asked) == 1


def test_nothing_is_asked_of_anybody_without_the_setting(ranges):
    with source() as told:
        assert not ranges(None).is_breached(PHRASE)

    assert told.asked == []


@pytest.mark.control("pw-breach-check")
def test_what_is_being_typed_is_not_looked_up(ranges):
    from muniment.trust.identity.passwords import Owner
    from muniment.trust.identity.strength.judging import judged

    with source() as told:
        ranges(told.url)
        assert judged(PHRASE, Owner())["good"]

    assert told.asked == []


def test_the_certificate_of_the_source_is_verified(ranges, tmp_path, monkeypatch):
    certificate, key = _certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with source(tls) as told:
        used = ranges(told.url)
        assert not used.is_breached(PHRASE)
        assert "SSL" in used.why_down()
        assert told.asked == []

        used._silent_until[0] = 0.0
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        told.body = f"{DIGEST[5:]}:3"
        assert used.is_breached(PHRASE), "once its authority is known"


def _certificate(folder):
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "range source")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "source.pem", folder / "source.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
