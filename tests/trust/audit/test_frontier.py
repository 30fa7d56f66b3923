"""Trees in tiles: whatever is appended in whatever steps, roots and proofs are those of the standard."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.trust.audit.tree.frontier import Frontier, TileKey, TileMissing, edge_of
from muniment.trust.audit.tree.paths import Tree
from muniment_verify.merkle import CompactRange, verify_consistency, verify_inclusion


def leaf(n: int) -> bytes:
    return hashlib.sha256(b"%d" % n).digest()


def grown(size: int, steps: list[int] | None = None) -> tuple[Frontier, dict[TileKey, bytes]]:
    """Return a tree of `size` leaves that grew in steps, and its tiles."""
    tiles: dict[TileKey, bytes] = {}
    frontier = Frontier(0, {})
    places = [*sorted(step for step in steps or [] if step < size), size]
    for place in places:
        edge = {key: tiles[key] for key in edge_of(frontier.size)}
        frontier = Frontier(frontier.size, edge)  # as the next batch finds it
        tiles.update(frontier.append([leaf(n) for n in range(frontier.size, place)]))
    return frontier, tiles


def root(size: int) -> bytes:
    compact = CompactRange()
    for n in range(size):
        compact.append(leaf(n))
    return compact.root()


@given(size=st.integers(0, 1200), steps=st.lists(st.integers(0, 1200), max_size=4))
def test_a_tree_has_the_same_root_and_tiles_however_it_grew(size, steps):
    frontier, tiles = grown(size, steps)

    assert frontier.root() == root(size)
    assert tiles == grown(size)[1]


@given(size=st.integers(1, 1200), data=st.data())
def test_an_entry_is_proved_at_its_own_place_and_no_other(size, data):
    frontier, tiles = grown(size)
    index, other = (data.draw(st.integers(0, size - 1)) for _ in range(2))

    proof = Tree(lambda keys: tiles).inclusion(index, size)

    assert verify_inclusion(leaf(other), index, size, proof, frontier.root()) == (other == index)


@given(new=st.integers(0, 1200), data=st.data())
def test_every_older_size_is_proved_to_be_the_beginning(new, data):
    old = data.draw(st.integers(0, new))
    frontier, tiles = grown(new)
    tree = Tree(lambda keys: {key: tiles[key] for key in keys if key in tiles})

    proof = tree.consistency(old, new)

    assert tree.root(old) == root(old)
    assert verify_consistency(old, new, root(old), frontier.root(), proof)


@pytest.mark.parametrize("size", [65_535, 65_536, 65_537, 70_001])
def test_three_levels_of_tiles_prove_too(size):
    frontier, tiles = grown(size, [255, 256, 65_530])
    asked: list[int] = []

    def load(keys):
        asked.append(len(keys))
        return {key: tiles[key] for key in keys if key in tiles}

    for index in (0, 255, 256, 65_534, size - 1):
        proof = Tree(load).inclusion(index, size)
        assert verify_inclusion(leaf(index), index, size, proof, frontier.root())
    for old in (1, 256, 40_000, 65_535):
        tree = Tree(load)
        assert verify_consistency(old, size, tree.root(old), frontier.root(), tree.consistency(old, size))
    assert frontier.root() == root(size)
    assert max(asked) <= 9  # a few tiles in one query, however large the tree


def test_a_missing_or_shortened_tile_is_no_proof():
    _, tiles = grown(700)
    short = {**tiles, (0, 1): tiles[0, 1][:-32]}

    with pytest.raises(TileMissing):
        Tree(lambda keys: short).inclusion(300, 700)
    with pytest.raises(TileMissing):
        Frontier(700, {(0, 2): tiles[0, 2]})
