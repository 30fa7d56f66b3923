"""Answering, over days and by several people: nothing is lost, and there is no other way than the moves there are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core.errors import NotFound, PortalError
from muniment.portal.checklists import actions, queries
from muniment.portal.checklists.answers import clean
from muniment.portal.checklists.errors import (
    AnswerRefused,
    ChangedMeanwhile,
    ChecklistClosed,
    MoveRefused,
    NotAsked,
    OtherSide,
    ReasonMissing,
)
from muniment.portal.checklists.moves import after, possible
from muniment.portal.checklists.states import TO_REVIEW, State
from tests.portal.checklists.asking import (
    ACCOUNTS,
    OURS,
    PAYROLL,
    STAFF,
    STATEMENTS,
    TERMS,
    TURNOVER,
    answer,
    events,
)

MOVES = ("answer", "take back", "skip", "accept", "send back")


@pytest.mark.control("client-requests")
def test_an_answer_is_given_sent_back_given_again_and_accepted(ben, cleo, sent):
    answer(cleo, sent[TURNOVER], "1 234,50", remark="Without tax")
    assert (sent[TURNOVER].state, sent[TURNOVER].answer) == (State.ANSWERED, "1234.50")

    actions.send_item_back(ben, item_id=sent[TURNOVER].id, version=sent[TURNOVER].version, note="With tax, please")
    assert (sent[TURNOVER].state, sent[TURNOVER].note) == (State.SENT_BACK, "With tax, please")

    answer(cleo, sent[TURNOVER], "1469.06")
    actions.accept_item(ben, item_id=sent[TURNOVER].id, version=sent[TURNOVER].version)

    assert sent[TURNOVER].state == State.ACCEPTED
    assert [event for event in events(ben, sent[TURNOVER].id) if event.startswith("item.")] == [
        "item.accepted",
        "item.answered",
        "item.sent-back",
        "item.answered",
    ]


def test_what_is_half_written_is_there_on_any_device_for_whoever_goes_on(cleo, sent):
    item = sent[TURNOVER]
    kept = actions.keep_draft(cleo, item_id=item.id, version=item.version, answer="about 12", remark="ask Dan")

    found = queries.item(cleo, item.id)

    assert (found.draft, found.draft_remark, found.drafted_by) == ("about 12", "ask Dan", cleo.person_id)
    assert found.state == State.OPEN
    assert kept.version == item.version + 1
    answer(cleo, found, "12")
    assert queries.item(cleo, item.id).draft == ""


def test_what_is_half_written_is_not_shown_to_the_other_side(ben, cleo, sent):
    item = sent[TURNOVER]
    actions.keep_draft(cleo, item_id=item.id, version=item.version, answer="about 12", remark="ask Dan")

    for found in (queries.item(ben, item.id), queries.item_page(ben, item.id).item):
        assert (found.draft, found.draft_remark, found.drafted_by, found.drafted_at) == ("", "", None, None)


def test_two_people_at_once_overwrite_nothing(ben, cleo, sent):
    seen = sent[TURNOVER]
    actions.keep_draft(cleo, item_id=seen.id, version=seen.version, answer="12")

    with pytest.raises(ChangedMeanwhile):
        actions.keep_draft(cleo, item_id=seen.id, version=seen.version, answer="13")
    with pytest.raises(ChangedMeanwhile):
        answer(cleo, seen, "13")
    with pytest.raises(ChangedMeanwhile):
        actions.skip_item(cleo, item_id=seen.id, version=seen.version, reason="None")
    assert sent[TURNOVER].draft == "12"

    answered = answer(cleo, sent[TURNOVER], "12")
    answer(cleo, answered, "14")
    with pytest.raises(ChangedMeanwhile):  # the firm accepts what it saw, and nothing else
        actions.accept_item(ben, item_id=seen.id, version=answered.version)


def test_what_depends_on_an_answer_is_asked_when_it_is_given_and_no_more_when_it_changes(cleo, sent):
    assert not sent[PAYROLL].is_asked
    with pytest.raises(NotAsked):
        actions.skip_item(cleo, item_id=sent[PAYROLL].id, version=sent[PAYROLL].version, reason="No")

    answer(cleo, sent[STAFF], "yes")
    assert sent[PAYROLL].is_asked
    assert sent.facts.counts.asked == 7

    answer(cleo, sent[STAFF], "no")
    assert not sent[PAYROLL].is_asked
    assert sent.facts.counts.asked == 6


def test_it_does_not_apply_for_a_reason_that_the_firm_accepts_or_sends_back(ben, cleo, sent):
    item = sent[STATEMENTS]
    with pytest.raises(ReasonMissing):
        actions.skip_item(cleo, item_id=item.id, version=item.version, reason=" ")

    skipped = actions.skip_item(cleo, item_id=item.id, version=item.version, reason="There is no account")
    assert (skipped.state, skipped.reason) == (State.NOT_APPLICABLE, "There is no account")
    with pytest.raises(ReasonMissing):
        actions.send_item_back(ben, item_id=item.id, version=skipped.version, note="")

    actions.accept_item(ben, item_id=item.id, version=skipped.version)
    assert sent[STATEMENTS].state == State.ACCEPTED


def test_what_is_read_and_what_the_firm_does_needs_no_second_look(ben, cleo, sent):
    answer(cleo, sent[TERMS], "yes")
    with pytest.raises(OtherSide):
        answer(cleo, sent[OURS], "2026-03-01")
    with pytest.raises(OtherSide):
        answer(ben, sent[TURNOVER], "12")
    answer(ben, sent[OURS], "2026-03-01")

    assert (sent[TERMS].state, sent[OURS].state) == (State.ACCEPTED, State.ACCEPTED)


def test_what_is_approved_or_not_waits_for_the_firm(cleo, sent):
    with pytest.raises(AnswerRefused):
        answer(cleo, sent[ACCOUNTS], "perhaps")

    answer(cleo, sent[ACCOUNTS], "no", remark="The rent is missing")

    assert (sent[ACCOUNTS].state, sent[ACCOUNTS].answer) == (State.ANSWERED, "no")
    assert sent.facts.counts.to_review == 1


def test_nobody_answers_who_may_not(portal, dan, mallory, sent):
    item = sent[TURNOVER]
    for stranger in (dan, mallory, portal.actor("ada", portal.okoye)):
        for attempt in (
            lambda who=stranger: queries.item(who, item.id),
            lambda who=stranger: queries.checklists(who),
            lambda who=stranger: answer(who, item, "12"),
            lambda who=stranger: actions.keep_draft(who, item_id=item.id, version=item.version, answer="1"),
        ):
            with pytest.raises(NotFound):
                attempt()


def test_clients_neither_accept_nor_assign_nor_close(cleo, sent):
    answer(cleo, sent[TURNOVER], "12")
    item = sent[TURNOVER]
    for attempt in (
        lambda: actions.accept_item(cleo, item_id=item.id, version=item.version),
        lambda: actions.send_item_back(cleo, item_id=item.id, version=item.version, note="No"),
        lambda: actions.assign_item(cleo, item_id=item.id, version=item.version, assignee_id=None, due=None),
        lambda: actions.close_checklist(cleo, checklist_id=sent.id),
        lambda: actions.remind_checklist(cleo, checklist_id=sent.id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_a_closed_checklist_takes_nothing_more(ben, cleo, sent):
    actions.close_checklist(ben, checklist_id=sent.id)

    with pytest.raises(ChecklistClosed):
        answer(cleo, sent[TURNOVER], "12")
    with pytest.raises(ChecklistClosed):
        actions.close_checklist(ben, checklist_id=sent.id)
    assert sent.facts.closed_at is not None


def test_a_checklist_is_complete_when_all_that_is_asked_for_is_accepted(ben, cleo, sent):
    answer(cleo, sent[TURNOVER], "12")
    answer(cleo, sent[STAFF], "no")
    answer(cleo, sent[ACCOUNTS], "yes")
    answer(cleo, sent[TERMS], "yes")
    answer(ben, sent[OURS], "2026-03-01")
    item = sent[STATEMENTS]
    actions.skip_item(cleo, item_id=item.id, version=item.version, reason="None")
    assert queries.is_complete(ben, [sent.id]) == {sent.id: False}
    for waiting in [one for one in sent.page.items if one.state in TO_REVIEW]:
        actions.accept_item(ben, item_id=waiting.id, version=waiting.version)

    assert queries.is_complete(ben, [sent.id]) == {sent.id: True}
    assert sent.facts.counts.is_complete


@given(moves=st.lists(st.sampled_from(MOVES), max_size=12))
def test_whatever_is_tried_a_state_is_left_only_by_a_move_that_leads_on(moves):
    state = State.OPEN
    for move in moves:
        allowed = possible(state)
        try:
            reached = after(state, move)
        except MoveRefused:
            assert move not in allowed
            continue
        assert move in allowed
        if reached == State.ACCEPTED:
            assert state in TO_REVIEW  # nothing is accepted that nobody answered
        if reached == State.SENT_BACK:
            assert state != State.OPEN
        state = reached


@given(text=st.text(max_size=60))
@pytest.mark.parametrize("shape", ["text", "number", "date", "choice", "yes-no"])
def test_an_answer_that_was_taken_is_taken_the_same_way_again(shape, text):
    try:
        kept = clean("answer", shape, ("red", "blue"), text)
    except AnswerRefused:
        return
    assert clean("answer", shape, ("red", "blue"), kept) == kept


@pytest.mark.parametrize(
    ("shape", "typed", "kept"),
    [
        ("number", "1 234,5", "1234.5"),
        ("number", "1,234,567", "1234567"),
        ("number", "-12", "-12"),
        ("date", "2026-02-28", "2026-02-28"),
        ("choice", "red", "red"),
        ("text", "  a word ", "a word"),
    ],
)
def test_answers_are_kept_as_they_are_meant(shape, typed, kept):
    assert clean("answer", shape, ("red", "blue"), typed) == kept


@pytest.mark.parametrize(
    ("shape", "typed"),
    [
        ("number", "twelve"),
        ("number", "NaN"),
        ("number", "1e99"),
        ("date", "30 Feb"),
        ("choice", "green"),
        ("text", " "),
    ],
)
def test_what_is_no_answer_of_its_kind_is_refused(shape, typed):
    with pytest.raises(PortalError):
        clean("answer", shape, ("red", "blue"), typed)
