"""Card numbers are found however they are written, and little else is taken for one."""

import itertools
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.core import config
from muniment.trust.vault import cards
from muniment.trust.vault.errors import CardNumberRefused

pytestmark = pytest.mark.control("pci-no-pan")

# Published test numbers of the networks; no card has them.
NUMBERS = {
    "visa": "4111111111111111",
    "visa of 13": "4222222222222",
    "visa of 19": "4000000000000000006",
    "mastercard": "5555555555554444",
    "mastercard from 2221": "2221000000000009",
    "mastercard to 2720": "2720990000000007",
    "american express": "378282246310005",
    "american express 34": "343434343434343",
    "discover": "6011111111111117",
    "discover 65": "6500000000000002",
    "diners club": "30569309025904",
    "diners club 38": "38520000023237",
    "jcb": "3530111333300000",
    "unionpay": "6200000000000005",
    "maestro of 12": "501800000009",
    "maestro of 16": "6304000000000000",
    "maestro of 19": "6759649826438453000",
}
WRITTEN = (
    "4111 1111 1111 1111", "4111-1111-1111-1111", "4111.1111.1111.1111", "4111_1111_1111_1111", "41111111 11111111",
    "4111 - 1111 - 1111 - 1111", "4111\u00a01111\u20111111\u200b1111", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
    "41 11 11 11 11 11 11 11", "3782 822463 10005", "3056 930902 5904", "4222 222 222 222",
    "\uff14\uff11\uff11\uff11" + "\uff11" * 12, "\u0664" + "\u0661" * 15, "scan_4111111111111111.pdf",
    "Invoice 2024 5105 1051 0510 5100 paid", "5105 1051 0510 5100 123", "Visa4111111111111111exp12/27",
    "\u5361\u53f74111111111111111\u3002", "a,4111111111111111,b", '{"number": "4111111111111111"}',
    "4111111111111111.00 EUR", "x\n4111111111111111\ny",
)  # fmt: skip
OTHERS = (
    "4111111111111112", "4111 1111 1111 1112", "+4917612345678", "+49 176 12345678", "0049 176 12345678",
    "DE89370400440532013000", "DE89 3704 0044 0532 0130 00", "GB29 NWBK 6016 1331 9268 19", "NO93 8601 1117 947",
    "FR14 2004 1010 0505 0001 3M02 606", "20261121063610", "1763706970.123456", "0.4539578763621486",
    "0,4539578763621486", "3.141592653589793", "4006381333931", "2019 2020 2021 2022 2023 2024", "INV-2026-000123",
    "a4111111111111111f", "12345678901234567890123", "0000000000000000", "4111 1111\n1111 1111", "", "4" * 5000,
)  # fmt: skip


@pytest.mark.parametrize("name", NUMBERS)
def test_a_number_of_every_issuer_is_found(name):
    number = NUMBERS[name] if name != "maestro of 19" else _with_check_digit(NUMBERS[name][:-1])

    assert [found.last_four for found in cards.find(f"It is {number}, thanks.")] == [number[-4:]]


@pytest.mark.parametrize("text", WRITTEN)
def test_it_is_found_however_it_is_written(text):
    assert len(cards.find(text)) == 1
    assert cards.count(text) == 1


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_something_else_is_left_alone(text):
    assert cards.find(text) == []
    assert cards.mask(text) == text


@given(
    st.sampled_from(sorted(NUMBERS)),
    st.text(st.characters(exclude_categories=["Nd", "Cs"], max_codepoint=0x2FF)).map(lambda text: f"{text} "),
    st.text(st.characters(exclude_categories=["Nd", "Cs"], max_codepoint=0x2FF)).map(lambda text: f" {text}"),
)
def test_masking_leaves_nothing_to_mask_and_everything_else_as_it_was(name, before, after):
    number = NUMBERS[name] if name != "maestro of 19" else _with_check_digit(NUMBERS[name][:-1])

    masked = cards.mask(before + number + after)

    assert masked == f"{before}{cards.HIDDEN}{number[-4:]}{after}"
    assert cards.mask(masked) == masked


@given(st.text("0123456789 -.\n" + "a+,", max_size=200))
def test_text_of_digits_never_breaks_the_search(text):
    found = cards.find(text)

    assert all(one.end <= two.start for one, two in itertools.pairwise(found))
    assert cards.find(cards.mask(text)) == []


def test_three_in_a_hundred_random_numbers_are_taken_for_a_card():
    drawn = random.Random(8)
    numbers = [f"{drawn.randrange(10**15, 10**16)}" for _ in range(20_000)]

    rate = sum(bool(cards.find(number)) for number in numbers) / len(numbers)

    assert 0.025 < rate < 0.036


def test_no_uuid_is_taken_for_a_card():
    drawn = random.Random(9)
    ids = [uuid.UUID(int=drawn.getrandbits(128)) for _ in range(20_000)]

    assert not any(cards.find(str(one)) or cards.find(one.hex) for one in ids)
    assert cards.find("00000000-4111-1111-1111-111111111111") == []


def test_a_table_of_figures_is_no_list_of_cards_but_one_number_among_words_is():
    drawn = random.Random(10)
    table = "\n".join(" ".join(str(drawn.randrange(1000, 9999)) for _ in range(4)) for _ in range(300))

    assert cards.find(table)
    assert cards.count(table) == 0
    assert cards.count(f"{table}\nThe card: 4111 1111 1111 1111") >= 1
    assert cards.count("Take 4111 1111 1111 1111 please.") == 1


def test_a_list_of_cards_is_counted():
    drawn = random.Random(11)
    numbers = [_with_check_digit("4" + "".join(str(drawn.randrange(10)) for _ in range(14))) for _ in range(50)]

    assert cards.count("\n".join(f"Somebody;{number};12/27" for number in numbers)) == 50


def test_json_is_looked_through_in_names_lists_and_numbers():
    value = {"a": ["x 4111111111111111", {"4111-1111-1111-1111": 4111111111111111}], "b": 7, "c": None, "d": True}

    assert cards.keep_out(value, typed=False) == {
        "a": [f"x {cards.HIDDEN}1111", {f"{cards.HIDDEN}1111": f"{cards.HIDDEN}1111"}],
        "b": 7,
        "c": None,
        "d": True,
    }


def test_what_is_typed_is_refused_in_words_that_do_not_repeat_it():
    with pytest.raises(CardNumberRefused) as refusal:
        cards.keep_out("4111 1111 1111 1111")

    assert "1111" not in refusal.value.sentence + str(refusal.value)
    assert refusal.value.status == 422


def test_by_policy_it_is_masked_instead(monkeypatch):
    monkeypatch.setenv("MUNIMENT_CARD_NUMBERS", "mask")
    config.current.cache_clear()
    try:
        assert cards.keep_out("Pay with 4111 1111 1111 1111") == f"Pay with {cards.HIDDEN}1111"
    finally:
        monkeypatch.undo()
        config.current.cache_clear()


def test_there_is_no_way_to_switch_it_off(monkeypatch):
    monkeypatch.setenv("MUNIMENT_CARD_NUMBERS", "off")

    with pytest.raises(config.SettingRefused, match="must be one of refuse, mask"):
        config.load()


def _with_check_digit(digits):
    return next(digits + str(last) for last in range(10) if cards._luhn(digits + str(last)))
