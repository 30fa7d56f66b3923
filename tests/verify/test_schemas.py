"""The JSON schemas: what the portal hands out is in them, and what is not in the format is not."""

import json
from pathlib import Path

import jsonschema
import pytest

from tests.verify.make_vectors import LOG
from tests.verify.paper_log import START, b64

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"


def schema(name):
    found = json.loads((SCHEMAS / f"{name}.json").read_text())
    jsonschema.Draft202012Validator.check_schema(found)
    return jsonschema.Draft202012Validator(found)


def test_a_receipt_and_a_promise_are_in_their_schemas():
    withheld = LOG.receipt(7)
    withheld["entry"]["private"] = {"commitment": b64(bytes(32))}

    assert schema("receipt").is_valid(LOG.receipt(7))
    assert schema("receipt").is_valid(withheld)
    assert schema("promise").is_valid(LOG.promise(7, START))


def test_every_line_of_an_export_is_in_its_schema():
    lines = [*LOG.export(), {"i": 3, "leaf": b64(bytes(32))}]
    lines.append({"time_stamp": {"checkpoint": LOG.checkpoint(), "token": "AAAA", "authority": "CN=Clockmakers"}})

    for line in lines:
        schema("log-line").validate(line)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: one.update(more=1),
        lambda one: one.pop("register"),
        lambda one: one.update(format="muniment-receipt/2"),
        lambda one: one["entry"].update(core={"commitment": b64(bytes(32))}),
        lambda one: one["entry"]["core"].update(salt=b64(bytes(31))),
        lambda one: one["entry"]["core"].update(salt="A" * 42 + "B="),
        lambda one: one["entry"]["core"].update(commitment=b64(bytes(32))),
        lambda one: one.update(proof=one["proof"].replace("index 7", "index 07")),
    ],
)
def test_what_is_not_in_the_format_is_not_in_the_schema(change):
    receipt = LOG.receipt(7)
    change(receipt)

    assert not schema("receipt").is_valid(receipt)
