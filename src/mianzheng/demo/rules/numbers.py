"""Numbers that people, organisations and flats are known by, in bulk, with the check digits the standards ask for."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Texts = NDArray[np.str_]
Ints = NDArray[np.int64]

RESIDENT_WEIGHTS = np.array([pow(2, 17 - i, 11) for i in range(17)], dtype=np.int64)
"""Weights of GB 11643 (居民身份证号码): 2 to the power of the place, modulo 11."""

CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = np.array([pow(3, i, 31) for i in range(17)], dtype=np.int64)
"""Alphabet and weights of GB 32100 (统一社会信用代码)."""

ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2], dtype=np.int64)
"""Alphabet and weights of GB 11714 (组织机构代码), whose nine characters stand inside the credit code."""


def points(texts: Texts, length: int) -> NDArray[np.int64]:
    """Return the code points of equally long texts as a matrix of `length` columns."""
    return np.ascontiguousarray(texts.astype(f"U{length}")).view(np.uint32).reshape(len(texts), length).astype(np.int64)


def glue(*parts: Any) -> Texts:
    """Join arrays of texts (or single texts) place by place."""
    joined = parts[0]
    for part in parts[1:]:
        joined = np.char.add(joined, part)
    return np.asarray(joined, dtype=np.str_)


def padded(values: Ints, width: int) -> Texts:
    """Write whole numbers with leading zeros."""
    return np.char.zfill(values.astype(np.str_), width)


def rank_within(*keys: NDArray[Any]) -> Ints:
    """Number the rows that share all `keys` from 0, in the order they come."""
    count = len(keys[0])
    order = np.lexsort((np.arange(count), *keys))
    same = np.ones(count, dtype=bool)
    same[0:1] = False
    for key in keys:
        ordered = key[order]
        same[1:] &= ordered[1:] == ordered[:-1]
    starts = np.where(~same, np.arange(count), 0)
    ranks = np.empty(count, dtype=np.int64)
    ranks[order] = np.arange(count) - np.maximum.accumulate(starts)
    return ranks


def resident_numbers(division: Texts, birth: NDArray[np.datetime64], male: NDArray[np.bool_]) -> Texts:
    """Make resident ID numbers (公民身份号码): division, birth date, an order code that is odd for men.

    Raises ValueError where more than 500 people of one sex share a division and a birth date.
    """
    rank = rank_within(male, birth.astype(np.int64), division)
    if len(rank) and rank.max() > 499:
        raise ValueError("more than 500 people share a division, a birth date and a sex")
    spread = (birth.astype(np.int64) * 37 + male * 11) % 400
    order = ((rank + spread) % 500) * 2 + male
    body = glue(division, np.char.replace(birth.astype(np.str_), "-", ""), padded(order, 3))
    total = ((points(body, 17) - ord("0")) * RESIDENT_WEIGHTS).sum(axis=1)
    check = np.array(list("10X98765432"))[total % 11]
    return glue(body, check)


def credit_codes(head: Texts, division: str, serial: Ints) -> Texts:
    """Make unified social credit codes around the organisation codes that `serial` stands for."""
    places = np.array(list("0123456789ABCDEFGHJKLMNPQRTUWXY"))
    letters = [places[(serial // 31**power) % 31] for power in range(6, -1, -1)]
    organisation = glue("M", *letters)
    value = np.zeros(128, dtype=np.int64)
    value[[ord(c) for c in ORGANISATION_ALPHABET]] = np.arange(36)
    rest = (11 - (value[points(organisation, 8)] * ORGANISATION_WEIGHTS).sum(axis=1) % 11) % 11
    body = glue(head, division, organisation, np.array(list("0123456789X"))[rest])
    value[[ord(c) for c in CREDIT_ALPHABET]] = np.arange(31)
    total = (value[points(body, 17)] * CREDIT_WEIGHTS).sum(axis=1)
    return glue(body, np.array(list(CREDIT_ALPHABET))[(31 - total % 31) % 31])


def unit_codes(division: str, serial: Ints) -> Texts:
    """Make real-estate unit codes (不动产单元代码, 28 places): cadastral area, parcel, building and flat."""
    flat, building, parcel = serial % 24 + 1, serial // 24 % 12 + 1, serial // 288 + 1
    return glue(
        division,
        padded(parcel % 40 + 1, 3),
        padded(parcel % 900 + 1, 3),
        "GB",
        padded(parcel, 5),
        "F",
        padded(building, 4),
        padded(flat, 4),
    )
