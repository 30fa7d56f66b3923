"""The tree against the published vectors of Certificate Transparency and against the definition in the RFC."""

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muniment_verify.merkle import (
    CompactRange,
    leaf_hash,
    node_hash,
    verify_consistency,
    verify_inclusion,
)

# The reference tree of the Certificate Transparency project: eight leaves and the roots of its first 0 to 8.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION_5_IN_8 = [
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
CONSISTENCY_6_TO_8 = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]
HASHES = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES]


def root(leaves):
    """The definition of RFC 9162, section 2.1.1."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return node_hash(root(leaves[:half]), root(leaves[half:]))


def inclusion(leaves, index):
    """The definition of RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if index < half:
        return [*inclusion(leaves[:half], index), root(leaves[half:])]
    return [*inclusion(leaves[half:], index - half), root(leaves[:half])]


def consistency(leaves, old, *, whole=True):
    """The definition of RFC 9162, section 2.1.4.1."""
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    if old <= half:
        return [*consistency(leaves[:half], old, whole=whole), root(leaves[half:])]
    return [*consistency(leaves[half:], old - half, whole=False), root(leaves[:half])]


def of(hexes):
    return [bytes.fromhex(one) for one in hexes]


@pytest.mark.parametrize("size", range(9))
def test_the_published_roots_are_found(size):
    growing = CompactRange()

    for digest in HASHES[:size]:
        growing.append(digest)

    assert growing.root().hex() == ROOTS[size] == root(HASHES[:size]).hex()
    assert growing.size == size


def test_the_published_proofs_are_right():
    assert verify_inclusion(HASHES[5], 5, 8, of(INCLUSION_5_IN_8), bytes.fromhex(ROOTS[8]))
    assert verify_consistency(6, 8, bytes.fromhex(ROOTS[6]), bytes.fromhex(ROOTS[8]), of(CONSISTENCY_6_TO_8))
    assert inclusion(HASHES, 5) == of(INCLUSION_5_IN_8)
    assert consistency(HASHES, 6) == of(CONSISTENCY_6_TO_8)


@pytest.mark.parametrize("size", range(1, 34))
def test_every_leaf_is_proved_at_its_own_place_and_no_other(size):
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    top = root(leaves)

    for index in range(size):
        proof = inclusion(leaves, index)
        proved = [place for place in range(-1, size + 2) if verify_inclusion(leaves[index], place, size, proof, top)]
        assert proved == [index]


@pytest.mark.parametrize("size", range(34))
def test_every_tree_begins_with_the_trees_before_it(size):
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    other = [leaf_hash(b"other"), *leaves[1:]]

    for old in range(size + 1):
        proof = consistency(leaves, old) if old else []
        assert verify_consistency(old, size, root(leaves[:old]), root(leaves), proof)
        if old:
            assert not verify_consistency(old, size, root(other[:old]), root(leaves), proof)
            assert not verify_consistency(old, size, root(leaves[:old]), root(other), proof)
            assert not verify_consistency(old, size, root(leaves[:old]), root(leaves), [*proof, root(leaves)])


@pytest.mark.parametrize("short", [1, 2, 4])
def test_a_proof_that_stops_early_or_goes_on_proves_nothing(short):
    proof, steps = inclusion(HASHES, 0), short.bit_length() - 1

    assert verify_inclusion(HASHES[0], 0, short, proof[:steps], root(HASHES[:short]))
    assert not verify_inclusion(HASHES[0], 0, 8, proof[:steps], root(HASHES[:short]))
    assert not verify_inclusion(HASHES[0], 0, short, proof, root(HASHES))
    above = node_hash(HASHES[1], root(HASHES[:short]))  # a root that goes on above the tree that is claimed
    assert not verify_inclusion(HASHES[0], 0, short, [*proof[:steps], HASHES[1]], above)
    assert not verify_consistency(short, 2 * short, root(HASHES[:short]), above, [HASHES[1], HASHES[1]])


@settings(deadline=None)
@given(size=st.integers(1, 300), data=st.data())
def test_a_proof_with_any_bit_changed_proves_nothing(size, data):
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion(leaves, index)
    broken = bytearray(b"".join(proof) + leaves[index] + root(leaves))
    broken[data.draw(st.integers(0, len(broken) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    parts = [bytes(broken[at : at + 32]) for at in range(0, len(broken), 32)]

    assert verify_inclusion(leaves[index], index, size, proof, root(leaves))
    assert not verify_inclusion(parts[-2], index, size, parts[:-2], parts[-1])


@settings(deadline=None)
@given(
    st.integers(-5, 2**64),
    st.integers(-5, 2**64),
    st.lists(st.binary(min_size=32, max_size=32), max_size=70),
    st.binary(max_size=4),
)
def test_no_input_makes_a_verifier_stumble(one, other, proof, digest):
    assert verify_inclusion(digest, one, other, proof, b"other") is False
    assert verify_consistency(one, other, digest, b"other", proof) is False


@settings(deadline=None)
@given(st.integers(0, 200), st.integers(0, 60))
def test_a_range_goes_on_from_where_it_was_left(size, more):
    leaves = [leaf_hash(number.to_bytes(2, "big")) for number in range(size + more)]
    first = CompactRange()
    for digest in leaves[:size]:
        first.append(digest)

    second = CompactRange(first.size, first.hashes)
    for digest in leaves[size:]:
        second.append(digest)

    assert second.root() == root(leaves)


def test_a_range_is_not_started_with_the_wrong_number_of_hashes():
    with pytest.raises(ValueError, match="one hash for each"):
        CompactRange(3, [HASHES[0]])
