"""The vectors that other implementations can use: they are what the code makes, and the command says what they say."""

import base64
import json

import pytest

from muniment_verify.command import main
from muniment_verify.merkle import verify_consistency, verify_inclusion
from tests.verify.make_vectors import FOLDER, as_file, made

RESULTS = {0: "valid", 1: "not valid", 2: "could not check"}
KINDS = {".mlog": "log", ".receipt": "receipt", ".json": "promise", ".checkpoint": "checkpoints"}
CASES = [
    pytest.param(case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.json"))
    for case in json.loads(path.read_text()).get("cases", ())
]


def test_the_vectors_are_those_that_the_code_makes():
    for name, content in made().items():
        assert (FOLDER / f"{name}.json").read_text() == as_file(content), f"{name}: run tests.verify.make_vectors"


@pytest.mark.parametrize("case", CASES)
def test_the_command_says_what_the_vector_says(case, tmp_path, capsys):
    paths = []
    for name, text in case["files"].items():
        path = tmp_path / name
        path.write_bytes(text.encode())
        paths.append(path)
    paths.sort(key=lambda path: list(KINDS).index(path.suffix))
    kind, first, more = KINDS[paths[0].suffix], paths[0], [str(path) for path in paths[1:]]
    kept = [part for name in more for part in ("--kept", name)] if kind == "log" else more

    code = main([kind, str(first), *kept, *options(case)])

    assert RESULTS[code] == case["result"], capsys.readouterr()


def options(case):
    for vkey in case["keys"]:
        is_witness = base64.b64decode(vkey.split("+", 2)[2])[0] == 4
        yield "--witness" if is_witness else "--register-key" if vkey.startswith("muniment-register/") else "--key"
        yield vkey
    if case["quorum"] is not None:
        yield from ("--quorum", str(case["quorum"]))


def test_the_trees_are_right():
    trees = json.loads((FOLDER / "trees.json").read_text())
    leaves, roots = ([base64.b64decode(one) for one in trees[name]] for name in ("leaves", "roots"))

    for one in trees["inclusion"]:
        proof = [base64.b64decode(part) for part in one["proof"]]
        assert verify_inclusion(leaves[one["index"]], one["index"], one["size"], proof, roots[one["size"]])
    for one in trees["consistency"]:
        proof = [base64.b64decode(part) for part in one["proof"]]
        assert verify_consistency(one["old"], one["new"], roots[one["old"]], roots[one["new"]], proof)
