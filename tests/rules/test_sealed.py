"""Sealed answers: what exactly they say, that a changed sign is found, and that nobody is in them by number."""

from __future__ import annotations

import base64
import datetime
import json
import uuid
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import make_ric
from mianzheng.evidence.rules.verdicts import Verdict
from mianzheng.gateway.rules.grants import Ground
from mianzheng.gateway.rules.questions import Answer, Question
from mianzheng.gateway.rules.sealed import (
    Issued,
    Standing,
    check_withdrawal,
    claims,
    compact,
    opened,
    person_digest,
    public_jwk,
    signing_input,
    standing,
    thumbprint,
)
from tests.second_city.lending import LENDING

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
PUBLIC = KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
NUMBER = make_ric("330782", datetime.date(1980, 5, 17), 1)
ENTRY = uuid.UUID(int=9)


def said(verdict: Verdict = Verdict.HOLDS, *, ground: Ground = Ground.CONSENT, **more: Any) -> dict[str, Any]:
    answer = Answer(ENTRY, verdict, "debts", NOON.date(), **more)
    basis, consent = ("homes-3", "") if ground is Ground.DUTY else ("", "7K4M9Q2XCW01")
    issued = Issued(
        "NUMBER", "mianzheng/test", "lender", {"limit": 100}, ground, basis, "liability-2", bytes(32), bytes(10),
        NOON, NOON + datetime.timedelta(days=30),
    )  # fmt: skip
    return claims(LENDING, Question("no-debt", "loan", NUMBER, consent=consent), answer, issued)


def sealed(told: dict[str, Any]) -> str:
    text = signing_input(told, algorithm=1, key_id=thumbprint(PUBLIC))
    return compact(text, KEY.sign(text.encode()))


def test_it_says_everything_somebody_needs_who_was_not_there() -> None:
    told = said()
    assert (told["iss"], told["jti"], told["verdict"], told["as_of"]) == (
        "mianzheng/test",
        "NUMBER",
        "holds",
        "2026-03-02",
    )
    assert told["fact"]["question"] == {"zh": "是否没有欠款？", "en": "Free of debts?"}
    assert told["fact"]["params"] == [{"code": "limit", "zh": "额度", "en": "Limit", "value": 100}]
    assert told["source"]["department"]["en"] == "Shiqiao Housing Bureau"
    assert told["purpose"] == {"code": "loan", "zh": "贷款", "en": "Loan"}
    assert told["ground"] == {"kind": "consent", "consent": "7K4M9Q2XCW01"}
    assert told["asker"]["zh"] == "石桥银行"
    assert told["log"] == {"entry": str(ENTRY), "leaf": "00" * 32}
    assert (told["liability"], told["exp"] - told["iat"]) == ("liability-2", 30 * 86400)
    assert "next" not in told


def test_a_duty_names_its_article_and_unknown_its_next_way() -> None:
    told = said(Verdict.UNKNOWN, ground=Ground.DUTY, reason="source_silent", way="department", office="homes")
    assert (told["ground"]["kind"], told["ground"]["article"]) == ("duty", "第三条")
    assert told["next"] == {
        "way": "department",
        "office": {"code": "homes", "zh": "石桥市住房局", "en": "Shiqiao Housing Bureau"},
    }


def test_the_number_is_not_in_it_and_its_digest_needs_the_key() -> None:
    told = said()
    written = json.dumps(told)
    assert NUMBER not in written
    assert told["person"]["masked"] == "330*************" + NUMBER[-2:]
    assert told["person"]["digest"] == person_digest(bytes(10), "ric", NUMBER)
    assert bytes(10).hex() not in set(told["person"].values())
    assert person_digest(b"another", "ric", NUMBER) != told["person"]["digest"]


def test_any_library_checks_it_with_the_public_key() -> None:
    jws = sealed(said())
    key = jwt.PyJWK(public_jwk(PUBLIC, algorithm=1))
    assert jwt.get_unverified_header(jws)["kid"] == key.key_id
    read = jwt.decode(jws, key, algorithms=["EdDSA"], options={"verify_exp": False, "verify_iat": False})
    assert read == said()
    assert opened(jws)[0] == said()  # type: ignore[index]


@given(st.data())
def test_a_changed_sign_is_found(data: st.DataObject) -> None:
    jws = sealed(said())
    place = data.draw(st.integers(0, len(jws) - 1))
    sign = data.draw(st.sampled_from("ABCDefgh0189-_."))
    changed = jws[:place] + sign + jws[place + 1 :]
    found = opened(changed)
    if changed == jws or found is None:
        return
    _, text, signature = found
    try:
        KEY.public_key().verify(signature, text)
    except Exception:
        return
    # the last sign of a piece carries bits that mean nothing: then it says exactly the same
    assert found[0] == said()


@given(st.text() | st.binary().map(lambda raw: base64.urlsafe_b64encode(raw).decode()))
def test_whatever_is_pasted_is_read_or_it_is_not_ours(text: str) -> None:
    assert opened(text) is None
    assert opened(f"{text}.{text}.{text}") is None


def test_a_signer_of_a_kind_without_a_name_seals_nothing() -> None:
    with pytest.raises(Refusal):
        signing_input(said(), algorithm=9, key_id="x")


@pytest.mark.parametrize(
    ("withdrawn", "days", "found"),
    [
        (False, 0, Standing.GENUINE),
        (False, 29, Standing.GENUINE),
        (False, 30, Standing.EXPIRED),
        (True, 0, Standing.WITHDRAWN),
        (True, 31, Standing.WITHDRAWN),
    ],
)
def test_how_it_stands(withdrawn: bool, days: int, found: Standing) -> None:
    assert standing(said(), withdrawn=withdrawn, now=NOON + datetime.timedelta(days=days)) is found


@pytest.mark.parametrize(("why", "withdrawn"), [("", False), (" ", False), ("登记错了", True)])
def test_withdrawing_needs_a_reason_and_happens_once(why: str, withdrawn: bool) -> None:
    with pytest.raises(Refusal):
        check_withdrawal(why=why, withdrawn=withdrawn)
