"""What an entry of the log says in words."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from muniment.trust.audit.types import EntryFacts, Event
from muniment.web.acts import SENTENCES

THINGS = {
    "project": lazy("a project"),
    "stage": lazy("a stage of a project"),
    "task": lazy("a task"),
    "project_rule": lazy("a rule of a project"),
    "document": lazy("a document"),
    "folder": lazy("a folder"),
    "version": lazy("a document"),
    "access_grant": lazy("this client"),
    "guest_link": lazy("a link"),
    "checklist": lazy("a checklist"),
    "item": lazy("something on a checklist"),
    "invitation": lazy("a person"),
    "ticket": lazy("something asked of the firm"),
    "person": lazy("a person"),
    "": lazy("something"),
}
ATTEMPTS = {
    "document:view": lazy("open documents"),
    "document:download": lazy("download documents"),
    "document:upload": lazy("upload documents"),
    "mail:queue": lazy("look after the mails that are sent"),
    "person:list": lazy("see the people"),
    "person:assign": lazy("let staff work for this client"),
    "person:invite": lazy("invite people"),
    "review:read": lazy("see a review of access"),
    "log:read": lazy("read the log"),
}
# What a page is called in "opened {page}" and "tried to open {page}"; the rest is {it}, or "a page".
PAGES = {
    "web:home": lazy("the home page"),
    "clients:list": lazy("the list of clients"),
    "clients:open": lazy("the form for a new client"),
    "clients:client": lazy("the page of this client"),
    "log:list": lazy("this log"),
    "retention:log": lazy("the periods of this log"),
    "log:everywhere": lazy("the log of all clients"),
    "log:verify": lazy("the check of this log"),
    "receipts:entry": lazy("an entry of this log"),
    "receipts:list": lazy("the list of receipts"),
    "receipts:letters": lazy("the letters about this log"),
    "health:health": lazy("the health of the portal"),
    "data-map:map": lazy("the data map"),
    "data-map:download": lazy("the data map"),
    "conditions:overview": lazy("the conditions of all clients"),
    "conditions:new_clients": lazy("the conditions that new clients begin with"),
    "conditions:new_clients_label": lazy("the conditions that new clients begin with"),
    "conditions:networks": lazy("the list of networks"),
    "conditions:profile": lazy("the conditions of this client"),
    "conditions:label": lazy("the conditions of a label"),
    "conditions:rules": lazy("the extra rules"),
    "conditions:rule": lazy("an extra rule"),
    "conditions:new_rule": lazy("the form for an extra rule"),
    "conditions:change_rule": lazy("the form for an extra rule"),
    "continuity:overview": lazy("the page of backups"),
    "continuity:drills": lazy("the list of drills"),
    "continuity:drill": lazy("a drill"),
    "continuity:drill_report": lazy("the report of a drill"),
    "continuity:restorations": lazy("what was brought back from backups"),
    "continuity:bring_back": lazy("the form to bring something back from a backup"),
    "continuity:restoration": lazy("something that is brought back from a backup"),
    "continuity:sheets": lazy("the page of recovery sheets"),
    "keys:inventory": lazy("the list of keys"),
    "keys:destructions": lazy("the list of destructions"),
    "keys:holds": lazy("the list of holds"),
    "people:list": lazy("the list of people"),
    "documents:links": lazy("the list of links"),
    "documents:links_everywhere": lazy("the list of all links"),
    "documents:guest_upload": lazy("the page of a link, to send files"),
    "guest": lazy("a link"),
    "guest_link": lazy("a link"),
    "guest_code": lazy("the page for the code of a link"),
    "look": lazy("the form to look as the client"),
    "people:invite": lazy("the form to invite somebody"),
    "people:assign": lazy("the form to assign a colleague"),
    "requests:ask": lazy("the form to ask for access"),
    "requests:ask_by_name": lazy("the form to ask for access"),
    "requests:here": lazy("what was asked for here"),
    "requests:list": lazy("what was asked for"),
    "reviews:overview": lazy("the reviews of all clients"),
    "reviews:list": lazy("the reviews of access"),
    "reviews:review": lazy("a review of access"),
    "mail:list": lazy("the mails of the demo"),
    "mail:letter": lazy("a mail of the demo"),
    "account:index": lazy("their own account"),
    "invitation": lazy("an invitation"),
    "purpose": lazy("the question why they come in"),
    "account_reset_password_from_key": lazy("the form for a new password"),
    "tickets:list": lazy("what this client asked for"),
    "tickets:new": lazy("the form to ask for something"),
    "tickets:ticket": lazy("the page of {it}"),
    "tickets:everywhere": lazy("what all clients asked for"),
    "tickets:kinds": lazy("the kinds of what clients ask for"),
    "parts:list": lazy("the parts of the portal"),
    "checklists:list": lazy("what the firm asks for"),
    "checklists:checklist": lazy("a checklist"),
    "checklists:item": lazy("something on a checklist"),
    "checklists:late": lazy("what is late, of all clients"),
    "checklists:templates": lazy("the templates of what is asked for"),
    "documents:list": lazy("the list of documents"),
    "documents:trashed": lazy("the trash"),
    "documents:search": lazy("the search"),
    "documents:search_everywhere": lazy("the search over all clients"),
    "documents:quarantine": lazy("the held uploads"),
    "documents:upload_rules": lazy("the rules for uploads"),
    "documents:document": lazy("the page of {it}"),
    "documents:content": lazy("more of {it}"),
    "documents:page": lazy("more of {it}"),
    "documents:uploads": lazy("the uploads"),
    "documents:upload": lazy("an upload"),
    "documents:pack": lazy("a download of several documents"),
}


_KNOWN = frozenset(map(str, Event))


def _tried(attempt: str) -> str:
    """Return what a page that was refused is called; nothing for what is no page."""
    said = PAGES.get(attempt)
    return str(_("open {page}")).format(page=str(said).format(it=str(THINGS[""]))) if said is not None else ""


def _page(name: str, thing: str, *, is_known: bool) -> str:
    """Return what a page is called; one of a thing that nobody named, by the kind of thing."""
    said = PAGES.get(name)
    if name == "documents:list" and is_known:
        return str(_("the folder {it}")).format(it=thing)
    if said is not None:
        return str(said).format(it=thing)
    return str(_("a page of {it}")).format(it=thing) if is_known else str(_("a page"))


def sentence(entry: EntryFacts, name: str = "") -> str:
    """Return what an entry says, with `name` for its object, or a word for its kind where there is none."""
    pattern = SENTENCES.get(Event(entry.event)) if entry.event in _KNOWN else None
    if pattern is None:
        return entry.event
    thing = name or str(THINGS.get(entry.object_kind, THINGS[""]))
    said = {"it": thing}
    if entry.event == Event.REFUSED:
        attempt = str(entry.facts.get("attempt", ""))
        known = str(ATTEMPTS.get(attempt, "")) or _tried(attempt)
        said["attempt"] = known or attempt.replace("_", " ").replace(":", " ")
    elif entry.event == Event.PAGE_OPENED:
        said["page"] = _page(str(entry.facts.get("page", "")), thing, is_known=bool(name or entry.object_kind))
    return str(pattern).format(**said)
