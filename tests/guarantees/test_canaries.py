"""Words typed into every form, name and file of a running portal are found nowhere on the machine in the clear.

Looked for in a dump of the whole database, the files of the data directory (the database's own, its log of
changes, the store, the logs, the mails), temporary folders, and what the portal printed; as text, UTF-16,
base64 and hexadecimal. The search itself is tried on a file that holds the words in each of these ways.
"""

import base64
import re
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote

import pyotp
import pytest

from muniment.trust.vault import cards
from tests.faults.portal import Small, wait_until
from tests.faults.visitor import MIB, Visitor, noise

WORDS = (
    "firm", "admin", "adminmail", "adminpassword", "company", "line", "invited", "invitedmail", "purpose", "joined",
    "joinedpassword", "folder", "folderagain", "upload", "renamed", "start", "middle", "seam", "end", "text", "share",
    "newpassword", "search", "wrongpassword", "wrongmail", "metadata", "reset",
)  # fmt: skip
BITE = 16 * MIB

pytestmark = [pytest.mark.slow, pytest.mark.control("rest-documents", "pci-no-pan")]


def shapes(word: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return the ways in which what begins with a word may lie on a disk: whatever the case, and exactly so."""
    plain = word.encode()
    folded = {
        "text": plain,
        "utf-16-le": word.encode("utf-16-le"),
        "utf-16-be": word.encode("utf-16-be"),
        "hex": plain.hex().encode(),
        "reversed": plain[::-1],
    }
    exact = {}
    for shift in range(3):  # base64 of a word depends on where in a text it stands
        whole = base64.b64encode(b"\0" * shift + plain + b"\0" * ((3 - (shift + len(plain)) % 3) % 3))
        exact[f"base64 at {shift}"] = whole[4 if shift else 0 : -4]
    return folded, exact


class Search:
    """Finds everything that was typed: each word begins with one of a few marks, which are drawn letters."""

    def __init__(self, *marks: str) -> None:
        made = [shapes(mark) for mark in marks]
        self._folded = [shape for folded, _ in made for shape in folded.items()]
        self._exact = [shape for _, exact in made for shape in exact.items()]

    def hits(self, data: bytes) -> list[str]:
        """Return the shapes in which `data` holds a word."""
        lower = data.lower()
        found = [name for name, shape in self._folded if shape in lower]
        return found + [name for name, shape in self._exact if shape in data]

    def hits_in(self, path: Path) -> list[str]:
        """Return the shapes in which a file holds a word, read in pieces that overlap."""
        found, kept = [], b""
        try:
            with path.open("rb") as file:
                while piece := file.read(BITE):
                    found += self.hits(kept + piece)
                    kept = piece[-256:]
        except OSError:
            return []  # a socket, or gone meanwhile
        return found


def drawn() -> str:
    """Return letters that nobody else writes."""
    return "".join(secrets.choice("bcdfghjkmnpqrstvwxz") for _ in range(20))


def drawn_card() -> str:
    """Return a number that could be a card's."""
    start = "4" + "".join(secrets.choice("0123456789") for _ in range(14))
    return next(start + last for last in "0123456789" if cards.find(start + last))


def grouped(card: str) -> str:
    """Return a number as it is printed on a card."""
    return " ".join(card[place : place + 4] for place in range(0, len(card), 4))


@pytest.fixture(scope="module")
def mark() -> str:
    """Give what every word but the passwords begins with."""
    return drawn()


@pytest.fixture(scope="module")
def secret_mark() -> str:
    """Give what every password begins with: one like a name would be refused."""
    return drawn()


@pytest.fixture(scope="module")
def card() -> str:
    """Give a card number that no card has: 16 drawn digits, the last of which is right."""
    return drawn_card()


@pytest.fixture(scope="module")
def search(mark: str, secret_mark: str, card: str) -> Search:
    """Give what finds the words and the card number."""
    return Search(mark, secret_mark, card, grouped(card))


@pytest.fixture(scope="module")
def words(mark: str, secret_mark: str, card: str) -> dict[str, str]:
    """Give one word for each thing that is typed."""
    made = {word: (secret_mark if "password" in word else mark) + word for word in WORDS}
    return made | {"card": card, "grouped": grouped(card)}


@pytest.fixture(scope="module")
def portal(words: dict[str, str]) -> Iterator[Small]:
    """Give a portal into which every word was typed, still running."""
    folder = Path(tempfile.mkdtemp(prefix="mun-", dir="/tmp"))
    folder.chmod(0o755)
    running = Small(folder)
    running.start()
    try:
        _type_everything(running, words)
        yield running
    finally:
        running.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _type_everything(portal: Small, words: dict[str, str]) -> None:
    chief = _set_up(portal, words)
    made = chief.post("/clients/new/", {"name": words["company"], "line": words["line"]})
    assert made.status == 302, made.text
    chief.client = made.headers["location"].strip("/").split("/")[-1]
    chief.form_token(f"/{chief.client}/purpose/")
    assert chief.post(f"/{chief.client}/purpose/", {"purpose": words["purpose"], "next": "/"}).status == 302
    contact = _join(portal, chief, words)
    _work(contact, words)
    _type_card_numbers(portal, contact, words)
    _go_wrong(portal, words)


def _set_up(portal: Small, words: dict[str, str]) -> Visitor:
    assert wait_until(lambda: "/set-up/" in portal.said())
    said = portal.said()
    path = re.findall(r"https://localhost:\d+(/set-up/\S+)", said)[0]
    chief = Visitor(portal)
    chief.form_token(path)
    fields = {"firm": words["firm"], "name": words["admin"], "email": f"{words['adminmail']}@firm.example"}
    assert chief.post(path, {**fields, "password1": words["adminpassword"]}).status == 302
    _enrol(chief)
    return chief


def _enrol(visitor: Visitor) -> None:
    page = visitor.form_token("/account/factor/")
    found = re.search(r"\b([A-Z2-7]{32})\b", page.replace(" ", "")) or re.search(r"secret=([A-Z2-7]+)", page)
    assert found, page
    assert visitor.post("/account/factor/", {"code": pyotp.TOTP(found[1]).now()}).status == 302
    visitor.form_token("/account/")


def _join(portal: Small, chief: Visitor, words: dict[str, str]) -> Visitor:
    people = f"/{chief.client}/people/invite/"
    chief.form_token(people)
    invited = {"name": words["invited"], "email": f"{words['invitedmail']}@client.example", "role": "manager"}
    page = chief.post(people, {**invited, "purpose": words["purpose"], "until": ""})
    found = re.search(rf"/invitations/{chief.client}/[\w-]+/", page.text)
    assert found, page.text
    contact = Visitor(portal)
    contact.client = chief.client
    contact.form_token(found[0])
    joined = contact.post(found[0], {"name": words["joined"], "password1": words["joinedpassword"]})
    assert joined.status == 302, joined.text
    _enrol(contact)
    return contact


def _work(contact: Visitor, words: dict[str, str]) -> None:
    documents = f"/{contact.client}/documents/"
    made = contact.post(f"{documents}new-folder/", {"name": words["folder"]})
    assert made.status == 302, made.text
    content = bytearray(noise(10 * MIB + 999, words["upload"]))
    content[:4] = b"ID3\4"  # a sound, as far as its kind goes: of a kind that nobody knows it would be held
    for place, word in ((10, "start"), (MIB - 9, "seam"), (5 * MIB + 77, "middle"), (len(content) - 60, "end")):
        spelled = words[word].encode()
        content[place : place + len(spelled)] = spelled
    document = contact.upload(f"{words['upload']}.bin", bytes(content), 3 * MIB + 1)
    text = contact.upload("notes.txt", f"{words['text']}\n".encode() * 50)
    unfinished = contact.place(f"{words['metadata']}.bin", 2 * MIB)
    assert contact.patch(unfinished, 0, words["middle"].encode() * 1000).status == 204
    assert contact.download(document) == bytes(content)
    assert words["text"] in contact.get(f"{documents}{text}/content/").text
    assert contact.get(f"{documents}{text}/").status == 200
    assert contact.post(f"{documents}{document}/rename/", {"name": f"{words['renamed']}.bin"}).status == 302
    shared = {"reader": "everyone", "may": "viewer", "why": words["share"], "until": ""}
    assert contact.post(f"{documents}{document}/share/", shared).status in {200, 302}
    assert contact.find(words["search"]) == []
    assert contact.get(f"{documents}pack/").body.startswith(b"PK")
    assert contact.get(f"/{contact.client}/log/").status == 200
    changed = contact.post(
        "/account/password/", {"oldpassword": words["joinedpassword"], "password1": words["newpassword"]}
    )
    assert changed.status == 302, changed.text


def _type_card_numbers(portal: Small, contact: Visitor, words: dict[str, str]) -> None:
    """Type a card number where text is taken: all of it is refused, and a document with one is held."""
    documents, stranger = f"/{contact.client}/documents/", Visitor(portal)
    stranger.form_token("/sign-in/")
    for number in (words["card"], words["grouped"]):
        refused = [
            contact.post(f"{documents}new-folder/", {"name": number}),
            contact.post(f"/{contact.client}/people/invite/", {"name": number, "email": "x@client.example"}),
            contact.get(f"{documents}?name={quote(number)}"),
            contact.get(f"/{contact.client}/{quote(number)}/"),
            stranger.post("/sign-in/", {"login": f"{number}@x.example", "password": words["wrongpassword"]}),
        ]
        assert {answer.status for answer in refused} <= {404, 422}, [answer.status for answer in refused]
        assert not any(number in answer.text for answer in refused)
        assert contact.begin(f"{number}.txt", 100).status == 422
        content = f"Charge {number}, please.\n".encode()
        assert contact.patch(contact.place(f"order{len(number)}.txt", len(content)), 0, content).status == 204


def _go_wrong(portal: Small, words: dict[str, str]) -> None:
    """Type words where they are refused: what failed is what logs like to keep."""
    stranger = Visitor(portal)
    stranger.form_token("/sign-in/")
    wrong = {"login": f"{words['wrongmail']}@x.example", "password": words["wrongpassword"]}
    assert stranger.post("/sign-in/", wrong).status in {200, 400, 422}
    stranger.form_token("/account/password/reset/")
    assert stranger.post("/account/password/reset/", {"email": f"{words['invitedmail']}@client.example"}).status == 302
    for path in (f"/{words['reset']}/", f"/sign-in/?next=/{words['reset']}/", f"/x/?q={words['search']}"):
        stranger.get(path)
    stranger.ask("POST", f"/{words['reset']}/", words["text"].encode(), {"Content-Type": "application/json"})
    stranger.ask("GET", "/", headers={"User-Agent": words["wrongmail"], "Referer": f"https://{words['wrongmail']}/"})
    stranger.raw(f"GET /{words['reset']}\0 HTTP/1.1\r\n\r\n".encode(), 5)


# -- the search -------------------------------------------------------------------------------------------------------


def test_the_search_finds_a_word_in_every_shape(mark: str, search: Search, tmp_path: Path) -> None:
    word = f"{mark}purpose"
    for number, (name, shape) in enumerate({**shapes(word)[0], **shapes(word)[1]}.items()):
        path = tmp_path / str(number)
        path.write_bytes(bytes(BITE - 20) + (shape.upper() if number % 2 and "64" not in name else shape) + b"\0")

        assert search.hits_in(path), name
    for before in ("", "a", "ab"):
        assert search.hits(base64.b64encode(f"{before}{word} and after it".encode()))
    assert search.hits(bytes(1000) + mark[:-1].encode()) == []


def test_no_word_is_in_a_dump_of_the_database(portal: Small, search: Search) -> None:
    found, copied = [], 0
    with portal.database() as database:
        tables = database.execute(
            "select format('%I.%I', schemaname, tablename) from pg_tables "
            "where schemaname not in ('information_schema')"
        ).fetchall()
        for (table,) in tables:
            with database.cursor().copy(f"copy (select t::text from {table} t) to stdout") as rows:
                dump = b"".join(bytes(piece) for piece in rows)
            copied += len(dump)
            bare = b"".join(bytes.fromhex(one.decode()) for one in re.findall(rb"(?:[0-9a-f]{2}){8,}", dump))
            found += [(table, hit) for hit in search.hits(dump + b"\n" + bare)]

    assert copied > 100_000
    assert found == []


def test_no_word_is_in_any_file_of_the_data_directory(portal: Small, search: Search) -> None:
    with portal.database() as database:
        database.execute("checkpoint")
        database.execute("select pg_switch_wal()")
    data = portal.present.data
    files = [path for path in data.rglob("*") if path.is_file() and path.relative_to(data).parts[0] != "pg"]

    found = {str(path): hits for path in files if (hits := search.hits_in(path))}

    assert {"database", "store", "logs", "keys"} <= {path.relative_to(data).parts[0] for path in files}
    assert any("pg_wal" in str(path) for path in files)
    assert found == {}


def test_no_word_is_in_a_temporary_folder_or_an_open_file(portal: Small, search: Search) -> None:
    own = processes_of(portal)
    opened = [link for process in own for link in (process / "fd").iterdir() if _is_file(link)]
    temporary = [path for path in Path(tempfile.gettempdir()).glob("*") if _is_file(path)]

    found = {str(path): hits for path in [*opened, *temporary] if (hits := search.hits_in(path))}

    assert len(own) >= 6
    assert found == {}


def test_no_word_was_printed(portal: Small, search: Search) -> None:
    assert portal.output.stat().st_size > 100
    assert search.hits_in(portal.output) == []


def test_no_word_is_in_a_command_line_or_an_environment(portal: Small, search: Search) -> None:
    found = [
        (process.name, name)
        for process in processes_of(portal)
        for name in ("cmdline", "environ")
        if search.hits_in(process / name)
    ]

    assert found == []


@pytest.mark.control("forced-tls")
def test_whoever_listens_to_the_plain_port_learns_nothing(portal: Small, search: Search) -> None:
    heard = b""
    for path in ("/", "/sign-in/", "/mail/", "/robots.txt", "/static/app/app.css", "/x/documents/"):
        connection = HTTPConnection("localhost", portal.present.http_port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        heard += str(answer.headers).encode() + answer.read()
        connection.close()
        assert answer.status == 308

    assert search.hits(heard) == []
    assert b"cookie" not in heard.lower()


def processes_of(portal: Small) -> list[Path]:
    """Return the entries in /proc of everything that runs on the portal's data."""
    return [process for process in Path("/proc").iterdir() if process.name.isdecimal() and _is_of(process, portal)]


def _is_of(process: Path, portal: Small) -> bool:
    try:
        return (
            str(portal.present.data).encode() in (process / "cmdline").read_bytes() + (process / "environ").read_bytes()
        )
    except OSError:
        return False


def _is_file(link: Path) -> bool:
    try:
        return link.is_file()
    except OSError:
        return False
