"""Somebody of the firm joins a running portal, and types words into the forms of checklists and projects.

Everything goes through pages, as people do it; what was typed is then looked for by the canaries.
"""

import re

import pyotp

from tests.faults.visitor import Answer, Visitor

ADVISING = ("advisor", "advisormail", "advisorpassword", "assigned")
ASKING = (
    "checklist", "intro", "section", "item", "itemtext", "choice", "askedfolder", "filename", "answer", "remark",
    "kept", "reason", "note",
)  # fmt: skip
FOLLOWING = ("project", "projectabout", "stage", "stagerenamed", "task", "taskabout", "blocked", "ownproject")
WORDS = (*ADVISING, *ASKING, *FOLLOWING)


def enrol(visitor: Visitor) -> None:
    """Let who has just joined set up codes."""
    page = visitor.form_token("/account/factor/")
    found = re.search(r"\b([A-Z2-7]{32})\b", page.replace(" ", "")) or re.search(r"secret=([A-Z2-7]+)", page)
    assert found, page
    assert visitor.post("/account/factor/", {"code": pyotp.TOTP(found[1]).now()}).status == 302
    visitor.form_token("/account/")


def join_as_advisor(chief: Visitor, words: dict[str, str]) -> Visitor:
    """Let an advisor be invited by who runs the firm, come in, and work for the chief's client."""
    firm = re.search(r'href="/([\w-]+)/people/"', chief.get("/").text)
    assert firm, chief.get("/").text
    at = f"/{firm[1]}/people/invite/"
    chief.form_token(at)
    invited = {"name": words["advisor"], "email": f"{words['advisormail']}@firm.example", "role": "advisor"}
    page = chief.post(at, {**invited, "purpose": words["assigned"], "until": ""})
    link = re.search(rf"/invitations/{firm[1]}/[\w-]+/", page.text)
    assert link, page.text
    advisor = Visitor(chief.portal)
    advisor.client = chief.client
    advisor.form_token(link[0])
    joined = advisor.post(link[0], {"name": words["advisor"], "password1": words["advisorpassword"]})
    assert joined.status == 302, joined.text
    enrol(advisor)
    at = f"/{chief.client}/people/assign/"
    found = re.search(rf'value="([\w-]+)"[^>]*>\s*{words["advisor"]}', chief.form_token(at))
    assert found, chief.get(at).text
    given = {"person": found[1], "role": "advisor", "purpose": words["assigned"], "until": ""}
    assert _done(chief.post(at, given))
    advisor.form_token(f"/{advisor.client}/purpose/")
    assert _done(advisor.post(f"/{advisor.client}/purpose/", {"purpose": words["assigned"], "next": "/"}))
    return advisor


def ask_for_things(advisor: Visitor, contact: Visitor, words: dict[str, str]) -> None:
    """Type into every form of a checklist: put together, sent, answered, left for later, refused, sent back."""
    base = f"/{advisor.client}/requests/"
    advisor.form_token(f"{base}new/")
    draft = _led_to(advisor.post(f"{base}new/", {"template": ""}))
    _add(advisor, draft, {"title": words["checklist"], "intro": words["intro"]})
    plain = {"side": "client", "section": words["section"], "text": words["itemtext"]}
    _add(advisor, f"{draft}item-0/", {**plain, "title": f"{words['item']}1", "kind": "text"})
    _add(
        advisor,
        f"{draft}item-0/",
        {**plain, "title": f"{words['item']}2", "kind": "choice", "choices": f"{words['choice']}\nNo"},
    )
    _add(advisor, f"{draft}item-0/", {
        **plain, "title": f"{words['item']}3", "kind": "upload",
        "folder": words["askedfolder"], "file_name": words["filename"],
    })  # fmt: skip
    sent = _led_to(_add(advisor, f"{draft}send/", {"counted_from": "2026-11-01"}))

    items = list(dict.fromkeys(re.findall(rf"{base}items/[\w-]+/", contact.get(sent).text)))
    assert len(items) == 3, contact.get(sent).text
    _add(contact, items[0], {"answer": words["kept"], "remark": words["remark"]}, to="keep/")
    _add(contact, items[0], {"answer": words["answer"], "remark": words["remark"]})
    _add(contact, items[1], {"answer": words["choice"], "remark": words["remark"]})
    _add(contact, f"{items[2]}skip/", {"words": words["reason"]})
    _add(advisor, f"{items[0]}send-back/", {"words": words["note"]})
    assert words["note"] in contact.get(items[0]).text
    assert f'href="{sent}"' in contact.get(f"/search/all/?text={words['checklist']}").text


def follow_a_project(advisor: Visitor, contact: Visitor, words: dict[str, str]) -> None:
    """Type into the forms of a project: its name and stages, tasks for both sides, and why one stands still."""
    base = f"/{advisor.client}/projects/"
    project = _led_to(_add(advisor, f"{base}new/", {"name": words["project"], "about": words["projectabout"]}))
    _add(advisor, f"{project}stages/", {"name": words["stage"]})
    stage = re.search(rf"/{advisor.client}/stages/([\w-]+)/", advisor.get(project).text)
    assert stage, advisor.get(project).text
    _add(advisor, f"/{advisor.client}/stages/{stage[1]}/rename/", {"name": words["stagerenamed"]})
    given = {"title": words["task"], "about": words["taskabout"], "stage": stage[1], "thing": ""}
    _add(advisor, f"{project}tasks/", {**given, "who": "client"})
    task = re.search(rf"/{advisor.client}/tasks/[\w-]+/", contact.get(project).text)
    assert task, contact.get(project).text
    _add(contact, task[0], {"state": "blocked", "why": words["blocked"], "back": "task"}, to="move/")
    _add(advisor, f"{project}edit/", {"name": words["ownproject"], "about": words["projectabout"]})
    assert words["blocked"] in advisor.get(task[0]).text
    assert words["ownproject"] in contact.get(f"/{contact.client}/log/").text


def _add(who: Visitor, path: str, fields: dict[str, str], *, to: str = "") -> Answer:
    """Send the form of a page, with the version that the page was read at where it has one."""
    version = re.search(r'name="version" value="(\d+)"', who.form_token(path))
    known = {"version": version[1]} if version else {}
    answer = who.post(f"{path}{to}", {**known, **fields})
    assert _done(answer), (path, answer.status, answer.text)
    return answer


def _led_to(answer: Answer) -> str:
    assert _done(answer), (answer.status, answer.text)
    return answer.headers["location"]


def _done(answer: Answer) -> bool:
    return answer.status == 302
