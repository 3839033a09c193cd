"""Check digits of many numbers at once. What is not surely right goes to `subjects.check_number`, which says why."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mianzheng.people.rules.subjects import DocumentKind, NewSubject, Number, check_new

FEW = 50
"""So many are checked faster one by one."""

LENGTH = 18
NOT_A_SIGN = 99
_ALPHABETS = {DocumentKind.RIC: "0123456789X", DocumentKind.USCC: "0123456789ABCDEFGHJKLMNPQRTUWXY"}
_WEIGHTS = {
    DocumentKind.RIC: np.array([pow(2, 17 - place, 11) for place in range(LENGTH)]),
    DocumentKind.USCC: np.array([*(pow(3, place, 31) for place in range(LENGTH - 1)), 1]),
}
_MODULUS = {DocumentKind.RIC: (11, 1), DocumentKind.USCC: (31, 0)}
"""The weighted sum of all 18 signs leaves this rest (GB 11643-1999, GB 32100-2015)."""


def surely_right(kind: DocumentKind, numbers: Sequence[str]) -> NDArray[np.bool_]:
    """Return for each of `numbers`, written the one way, whether form and check digit are right beyond doubt.

    A false only means: look closer. Other kinds than resident ID and credit code are always looked at closer.
    """
    right = np.zeros(len(numbers), dtype=bool)
    if kind not in _ALPHABETS:
        return right
    fit = np.array([len(number) == LENGTH and number.isascii() for number in numbers], dtype=bool)
    joined = "".join(number for number, fits in zip(numbers, fit.tolist(), strict=True) if fits).encode()
    signs = _values(_ALPHABETS[kind])[np.frombuffer(joined, dtype=np.uint8).reshape(-1, LENGTH)]
    modulus, rest = _MODULUS[kind]
    good = (signs != NOT_A_SIGN).all(axis=1) & (signs @ _WEIGHTS[kind] % modulus == rest)
    good &= _shaped(kind, signs)
    right[fit] = good
    return right


def check_all(people: Sequence[NewSubject]) -> list[tuple[Number, ...]]:
    """Return the numbers of each of `people` in their one way to write, or refuse the first that is wrong."""
    if len(people) < FEW:
        return [check_new(each) for each in people]
    sure: set[tuple[str, Number]] = set()
    for holder, kind in (("person", DocumentKind.RIC), ("organisation", DocumentKind.USCC)):
        numbers = [number for each in people if each.kind == holder for of, number in each.documents if of == kind]
        right = surely_right(kind, numbers).tolist()
        sure |= {(holder, (kind.value, number)) for number, is_right in zip(numbers, right, strict=True) if is_right}
    return [
        each.documents if len(each.documents) == 1 and (each.kind, each.documents[0]) in sure else check_new(each)
        for each in people
    ]


def _values(alphabet: str) -> NDArray[np.int64]:
    table = np.full(256, NOT_A_SIGN, dtype=np.int64)
    for value, sign in enumerate(alphabet):
        table[ord(sign)] = value
    return table


def _shaped(kind: DocumentKind, signs: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Judge what a check digit does not: digits where digits belong, a birth date of the last hundred years or so."""
    if kind is DocumentKind.USCC:
        return np.asarray((signs[:, 2:8] <= 9).all(axis=1))
    province = signs[:, 0] * 10 + signs[:, 1]
    year = signs[:, 6:10] @ np.array([1000, 100, 10, 1])
    month = signs[:, 10:12] @ np.array([10, 1])
    day = signs[:, 12:14] @ np.array([10, 1])
    # the 29th to 31st are looked at closer: not every month has them
    usual = (year >= 1900) & (year < 2100) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 28)
    known = np.isin(
        province, (11, 12, 13, 14, 15, 21, 22, 23, *range(31, 38), *range(41, 47), *range(50, 55), 61, 62, 63, 64, 65)
    )
    return np.asarray((signs[:, :17] <= 9).all(axis=1) & usual & known)
