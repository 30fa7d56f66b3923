"""Time stamps of a real authority (openssl's), of every kind of key, and what somebody may do to them."""

import subprocess
import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify import certificates, tokens
from muniment_verify.errors import NotValid, Unreadable, VerifyError
from muniment_verify.logs import check_log
from muniment_verify.notes import parse_note
from muniment_verify.proofs import parse_proof
from muniment_verify.trust import trusting
from tests.authority import Authority
from tests.verify.paper_log import START, PaperLog, as_lines, b64

KINDS = {"rsa": (), "P-256": ("-pkeyopt", "ec_paramgen_curve:P-256"), "P-384": ("-pkeyopt", "ec_paramgen_curve:P-384")}
TEXT = b"muniment-register/x\n1\nAAAA\n"


class KeyedAuthority(Authority):
    """An authority whose keys are of one kind."""

    def __init__(self, folder, kind, **more):
        self.kind = kind
        super().__init__(folder, **more)

    def _openssl(self, *arguments, **more):
        if KINDS[self.kind] and "rsa:2048" in arguments:
            arguments = (*("ec" if one == "rsa:2048" else one for one in arguments), *KINDS[self.kind])
        super()._openssl(*arguments, **more)

    def token(self, text, digest="sha256"):
        """Return the token over a text, as openssl's own client asks for it and takes it out of the answer."""
        (self.folder / "text").write_bytes(text)
        self.run("ts", "-query", "-data", "text", f"-{digest}", "-cert", "-out", "query")
        self.stamp((self.folder / "query").read_bytes())
        self.run("ts", "-reply", "-in", "reply", "-token_out", "-out", "token")
        return (self.folder / "token").read_bytes()

    def run(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def given(self, name="ca.pem"):
        return certificates.read_certificates((self.folder / name).read_bytes())


@pytest.fixture(scope="module", params=KINDS)
def authority(request, tmp_path_factory):
    return KeyedAuthority(tmp_path_factory.mktemp("tsa") / "a", request.param)


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    return KeyedAuthority(tmp_path_factory.mktemp("tsa") / "b", "rsa", name="Strangers")


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("name", ["ca.pem", "tsa.pem"])
def test_a_token_of_the_authority_is_right(authority, digest, name):
    stamp = tokens.check_token(authority.token(TEXT, digest), TEXT, authority.given(name))

    assert stamp is not None
    assert stamp.authority == "Clockmakers"
    assert abs(stamp.at - time.time()) < 3600


def test_a_token_over_something_else_is_not_valid(authority):
    with pytest.raises(NotValid, match="over another checkpoint"):
        tokens.check_token(authority.token(TEXT), TEXT + b"x", authority.given())


def test_a_token_of_a_stranger_is_told_from_a_wrong_one(authority, stranger):
    assert tokens.check_token(stranger.token(TEXT), TEXT, authority.given()) is None


def test_a_certificate_for_something_else_stamps_no_time(tmp_path):
    server = KeyedAuthority(tmp_path / "a", "rsa", purpose="stamping")
    raw = server.token(TEXT)
    server.run(
        *("x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-extfile", "configuration"),
        *("-extensions", "serving", "-out", "serving.pem"),
    )
    serving = certificates.read_certificate(server.given("serving.pem")[0])

    assert not serving.may_stamp_times
    assert certificates.read_certificate(server.given("tsa.pem")[0]).may_stamp_times
    assert tokens.check_token(raw, TEXT, server.given("serving.pem")) is None


def test_every_changed_byte_of_a_token_is_noticed(stranger):
    """Except in what is not signed: version numbers, names of algorithms that are repeated, other certificates."""
    raw, given_ = stranger.token(TEXT), stranger.given("tsa.pem")
    inside = raw.index(certificates.read_certificate(given_[0]).raw)
    around = [at for at in range(0, len(raw), 7) if not inside <= at < inside + len(given_[0])]

    passed = [at for at in around if outcome(flipped(raw, at), given_) == "right"]

    assert len(around) > 60
    assert len(passed) <= 6, passed


def flipped(raw, at):
    return raw[:at] + bytes([raw[at] ^ 0x41]) + raw[at + 1 :]


def outcome(raw, given_):
    try:
        return "right" if tokens.check_token(raw, TEXT, given_) else "foreign"
    except VerifyError as refusal:
        return str(refusal)


@cache
def some_token(folder):
    made = KeyedAuthority(folder, "rsa")
    return made.token(TEXT), made.given()


@settings(deadline=None)
@given(st.binary(max_size=40), st.integers(0, 3000), st.integers(0, 60))
def test_no_bytes_make_the_reader_stumble(tmp_path_factory, raw, at, length):
    right, given_ = some_token(tmp_path_factory.getbasetemp() / "fuzzed")

    for tried in (raw, right[:at] + raw + right[at + length :]):
        said = outcome(tried, given_)
        assert said in ("right", "foreign") or said.endswith(".")


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----\n",
    ],
)
def test_what_is_no_certificate_is_refused(pem):
    with pytest.raises(Unreadable, match=r"\.$"):
        certificates.read_certificates(pem)


def stamped_export(log, authority, token=None):
    """Return the export of a log whose last register checkpoint was stamped."""
    export = log.export()
    note = parse_proof(export[-2]["head"]["register"]).note
    raw = token or authority.token(parse_note(note).text.encode())
    export.insert(-1, {"time_stamp": {"checkpoint": note, "token": b64(raw), "authority": "Clockmakers"}})
    return export


def check(export, log, given_):
    return check_log(as_lines(export), trusting([log.key.vkey]).with_authorities(given_))


def test_a_log_says_when_it_was_stamped_and_by_whom(authority):
    log = PaperLog()
    log.add(START)
    log.publish()

    report = check(stamped_export(log, authority), log, authority.given())

    assert any("1 time stamps are right, the last by Clockmakers" in sentence for sentence in report.checked)
    assert any("off by more than 600 seconds from the 1 moments" in sentence for sentence in report.checked)


def test_a_backdated_entry_is_found_by_a_time_stamp(authority):
    log = PaperLog()
    log.add(START)
    log.publish()
    stamped = stamped_export(log, authority)
    log.add(START + 1)
    log.publish()
    export = log.export()
    export.insert(-1, stamped[-2])

    with pytest.raises(NotValid, match="Entry 1 is backdated"):
        check(export, log, authority.given())


def test_a_stamp_over_another_register_is_refused(authority):
    log = PaperLog()
    log.add(START)
    log.publish()

    with pytest.raises(NotValid, match="over another checkpoint"):
        check(stamped_export(log, authority, authority.token(TEXT)), log, authority.given())


def test_stamps_that_were_not_checked_are_said(authority, stranger):
    log = PaperLog()
    log.add(START)
    log.publish()
    export = stamped_export(log, authority)

    without = check(export, log, ())
    foreign = check(export, log, stranger.given())
    none = check(log.export(), log, stranger.given())

    assert any("give the certificate of their authority" in sentence for sentence in without.not_checked)
    assert any("whose certificate you did not give" in sentence for sentence in foreign.not_checked)
    assert any("There is no time stamp" in sentence for sentence in none.not_checked)
    assert any("The times of the entries" in sentence for sentence in foreign.not_checked)
