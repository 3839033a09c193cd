"""The Merkle tree of the log against the definition in RFC 6962, written down as plainly as it stands there."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.audit.rules.merkle import EMPTY, Frontier, inclusion_proof, leaf_hash, node_hash, root_from, root_of

# RFC 6962 test vectors as published with the first Certificate Transparency logs.
INPUTS = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def plain_root(hashes: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if not hashes:
        return EMPTY
    if len(hashes) == 1:
        return hashes[0]
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return node_hash(plain_root(hashes[:k]), plain_root(hashes[k:]))


def plain_path(m: int, hashes: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(hashes) <= 1:
        return []
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    if m < k:
        return [*plain_path(m, hashes[:k]), plain_root(hashes[k:])]
    return [*plain_path(m - k, hashes[k:]), plain_root(hashes[:k])]


def leaves(count: int) -> list[bytes]:
    return [leaf_hash(str(n).encode()) for n in range(count)]


def test_the_published_roots():
    assert hashlib.sha256().digest() == EMPTY
    for size, root in ROOTS.items():
        assert root_of(leaf_hash(bytes.fromhex(data)) for data in INPUTS[:size]).hex() == root


@given(st.lists(st.integers(0, 40), max_size=6))
def test_however_it_grows_the_root_is_that_of_all_leaves(steps):
    frontier, added, nodes = Frontier(), 0, {}
    everything = leaves(sum(steps))
    for step in steps:
        frontier, made = frontier.grown(everything[added : added + step])
        nodes |= {(level, number): found for level, number, found in made}
        added += step
        assert frontier.root() == plain_root(everything[:added])
    for (level, number), found in nodes.items():
        assert found == plain_root(everything[number << level : (number + 1) << level])


@given(st.integers(1, 70), st.data())
def test_a_proof_leads_to_the_root_and_only_for_its_leaf_and_size(size, data):
    index = data.draw(st.integers(0, size - 1))
    hashes = leaves(size)
    path = inclusion_proof(
        index, size, lambda level, number: plain_root(hashes[number << level : (number + 1) << level])
    )
    root = plain_root(hashes)
    assert path == plain_path(index, hashes)
    assert root_from(index, size, hashes[index], path) == root
    other = data.draw(st.integers(0, size - 1).filter(lambda n: n != index)) if size > 1 else None
    if other is not None:
        assert root_from(other, size, hashes[index], path) != root
        assert root_from(index, size, hashes[other], path) != root
        assert root_from(index, size, hashes[index], path[:-1]) != root
    assert root_from(index, size, hashes[index], [*path, b"x" * 32]) != root


@pytest.mark.parametrize("index", [-1, 3, 4])
def test_what_is_not_in_the_tree_has_no_proof(index):
    with pytest.raises(ValueError, match="not in a tree"):
        inclusion_proof(index, 3, lambda level, number: b"")
    assert root_from(index, 3, b"", []) is None
