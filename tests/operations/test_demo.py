"""The demo: invented people and real files, put there the way people put them there."""

from pathlib import Path

import openpyxl
import pytest
from docx import Document as WordDocument
from PIL import Image

from muniment.core.actor import Actor
from muniment.operations.demo import files, papers, people, rights
from muniment.portal.documents.actions import vet_waiting
from muniment.trust.access import queries as access
from muniment.trust.clients import queries as clients
from muniment.trust.identity import queries as identity

pytestmark = pytest.mark.usefixtures("database")


def test_somebody_is_there_in_each_role_and_may_sign_in(tmp_path: Path):
    found = people.lay(tmp_path)

    roles = {one.role for one in found}
    assert {"super-admin", "admin", "advisor", "analyst", "engineer", "auditor", "manager", "user", "guest"} == roles
    assert people.lay(tmp_path) == found
    assert (tmp_path / "demo.json").stat().st_mode & 0o777 == 0o600


def test_the_papers_are_put_there_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(files, "SCAN_BYTES", 2_000_000)
    people.lay(tmp_path)

    made = papers.lay(lambda actor, document_id: vet_waiting(Actor.system(actor.client)))

    assert made == sum(map(len, papers.PAPERS.values()))
    assert papers.lay() == 0
    ruth = identity.find_person("ruth@calder-surveyors.example")
    assert ruth is not None
    okoye = next(space for space in identity.spaces(ruth.id) if space.kind == "client")
    assert not access.reach(papers.at_work(okoye.id, ruth.email), "document:view").whole


def test_a_team_works_with_a_role_of_its_own_and_finance_lies_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(papers, "PAPERS", {})
    people.lay(tmp_path)

    made = rights.lay()

    assert made is not None
    assert rights.lay() is None
    spaces = {company.name: company.id for company in identity.companies(clients.client_ids()).values()}
    priya = papers.at_work(spaces[rights.SERVED], rights.PRIYA)
    assert priya.person_id is not None
    ways = [way for way in access.ways_of(priya, priya.person_id) if way.group_id == made.group_id]
    assert [way.role for way in ways] == ["payroll-clerk"]
    cleo, samuel = (papers.at_work(spaces[rights.KEPT_APART], f"{name}@okoye.example") for name in ("cleo", "samuel"))
    assert access.answer(cleo, "document:upload", "folder", made.space_id).state == "open"
    assert access.answer(samuel, "document:view", "folder", made.space_id).state == "nothing"


def test_the_files_are_what_they_say(tmp_path: Path):
    (tmp_path / "a.xlsx").write_bytes(files.workbook((("Month", "Cents"), ("July", 5))))
    (tmp_path / "a.docx").write_bytes(files.document_of_words("Title", ("One", "Two & three")))
    (tmp_path / "a.jpg").write_bytes(files.photograph(1, "Receipt"))

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx").active
    words = WordDocument(str(tmp_path / "a.docx"))

    assert [[cell.value for cell in row] for row in sheet.rows] == [["Month", "Cents"], ["July", 5]]
    assert [paragraph.text for paragraph in words.paragraphs] == ["Title", "One", "Two & three"]
    with Image.open(tmp_path / "a.jpg") as picture:
        assert picture.size == (1600, 1200)


def test_the_scan_has_the_size_of_a_real_one():
    assert abs(len(files.scan(3, 10_000_000, 2)) - 10_000_000) < 100_000
