"""Sealed answers (核验凭证): what exactly is sealed, how it is signed, what it says of the person.

A sealed answer is a JSON Web Signature in its compact form (RFC 7515), signed by the key that signs the log. It names the
person by a mask and by a keyed digest whose key is not in it: whoever has the sheet has the key printed there, and with the
number in hand proves that the answer is about that person. Without the sheet nobody can try numbers.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from mianzheng.catalogue.rules.city import City, Fact
from mianzheng.common.errors import Refusal
from mianzheng.common.identifiers import mask
from mianzheng.common.reasons import N_, Reason
from mianzheng.common.texts import Text
from mianzheng.gateway.rules.grants import Ground
from mianzheng.gateway.rules.questions import Answer, Question

TYPE = "mianzheng-answer+jwt"
ALGORITHMS = {1: "EdDSA"}
"""The name in a JWS (RFC 7518, 8037) of a kind of signature, by the byte the log's signer calls it."""
KEY_BYTES = 10
NUMBER_BYTES = 10
TAIL = 4
"""How many last signs of the number somebody types who checks a sheet without uploading it."""


class Standing(StrEnum):
    """What the checking page says of a sealed answer."""

    GENUINE = "genuine"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ALTERED = "altered"


STANDINGS = {
    Standing.GENUINE: N_("真的，仍然有效"),
    Standing.EXPIRED: N_("真的，但有效期已过"),
    Standing.WITHDRAWN: N_("真的，但已作废"),
    Standing.ALTERED: N_("不是用本平台的密钥签的，或者被改过"),
}


@dataclass(frozen=True, slots=True)
class Issued:
    """What is sealed besides question and answer: by whom and when, under which grant, with which line of the log."""

    number: str
    issuer: str
    asker: str
    params: Mapping[str, Any]
    ground: Ground
    basis: str
    liability: str
    leaf: bytes
    person_key: bytes
    at: datetime.datetime
    until: datetime.datetime


def claims(city: City, question: Question, answer: Answer, issued: Issued) -> dict[str, Any]:
    """Return what a sealed answer says, in the order in which it is written. Names are those of its day, in both languages."""
    fact = city.facts[question.fact]
    item = city.items[answer.source or fact.item]
    said: dict[str, Any] = {
        "iss": issued.issuer,
        "jti": issued.number,
        "iat": int(issued.at.timestamp()),
        "exp": int(issued.until.timestamp()),
        "city": _text(city.name),
        "verdict": str(answer.verdict),
        "fact": {
            "code": fact.code,
            **_text(fact.name),
            "question": _text(fact.question),
            "params": _params(fact, issued.params),
        },
        "source": {"item": item.code, **_text(item.name), "department": _named(city, item.owner)},
        "as_of": answer.as_of.isoformat() if answer.as_of else None,
        "purpose": {"code": question.matter, **_text(city.purpose(question.matter) or Text(question.matter))},
        "ground": _ground(city, question, issued),
        "asker": _named(city, issued.asker),
        "person": {
            "kind": question.kind,
            "masked": mask(question.number),
            "digest": person_digest(issued.person_key, question.kind, question.number),
        },
        "liability": issued.liability,
        "log": {"entry": str(answer.entry), "leaf": issued.leaf.hex()},
    }
    if answer.reason:
        said["reason"] = str(answer.reason)
    if answer.way:
        said["next"] = {"way": answer.way, "office": _named(city, answer.office) if answer.office else None}
    return said


def person_digest(key: bytes, kind: str, number: str) -> str:
    """Return the keyed digest (HMAC-SHA256) by which a sealed answer names its person; `number` in its one way to write."""
    return hmac.digest(key, f"{kind}:{number}".encode(), hashlib.sha256).hex()


def _ground(city: City, question: Question, issued: Issued) -> dict[str, Any]:
    if issued.ground is Ground.CONSENT:
        return {"kind": str(issued.ground), "consent": question.consent}
    basis = city.bases[issued.basis]
    return {"kind": str(issued.ground), "basis": basis.code, **_text(basis.law), "article": basis.article}


def _params(fact: Fact, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{"code": code, **_text(fact.params[code].name), "value": value} for code, value in params.items()]


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en or text.zh}


def _named(city: City, code: str) -> dict[str, str]:
    return {"code": code, **_text(city.office(code) or Text(code))}


def signing_input(said: Mapping[str, Any], *, algorithm: int, key_id: str) -> str:
    """Return what is signed: protected header and claims. No line end is in it, so it is never taken for a seal of the log,
    whose text has four. Raises `Refusal` for a signer whose kind has no name in a JWS.
    """
    if algorithm not in ALGORITHMS:
        raise Refusal(Reason(N_("这种签名算法还不能用来封存答复。")), Reason(N_("请运维人员核对签名程序的配置。")))
    header = {"alg": ALGORITHMS[algorithm], "kid": key_id, "typ": TYPE}
    return f"{_packed(header)}.{_packed(said)}"


def compact(text: str, signature: bytes) -> str:
    """Return the JWS of what was signed."""
    return f"{text}.{_base64(signature)}"


def opened(jws: str) -> tuple[dict[str, Any], bytes, bytes] | None:
    """Return claims, signed bytes and signature of a JWS of ours; None for anything else. Nothing is proven yet."""
    parts = "".join(jws.split()).split(".")
    if len(parts) != 3:
        return None
    try:
        header, said = (json.loads(_plain(part)) for part in parts[:2])
        signature = _plain(parts[2])
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(said, dict) or header.get("typ") != TYPE:
        return None
    if header.get("alg") not in ALGORITHMS.values() or not isinstance(said.get("jti"), str):
        return None
    return said, f"{parts[0]}.{parts[1]}".encode(), signature


def public_jwk(public_key: bytes, *, algorithm: int) -> dict[str, str]:
    """Return the public key as a JSON Web Key (RFC 7517, 8037), named by its thumbprint (RFC 7638)."""
    said = {"crv": "Ed25519", "kty": "OKP", "x": _base64(public_key)}
    return {**said, "kid": thumbprint(public_key), "alg": ALGORITHMS[algorithm], "use": "sig"}


def thumbprint(public_key: bytes) -> str:
    """Return the name of an Ed25519 key (RFC 7638): SHA-256 of its required members in their order, without blanks."""
    said = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": _base64(public_key)}, separators=(",", ":"))
    return _base64(hashlib.sha256(said.encode()).digest())


def standing(said: Mapping[str, Any], *, withdrawn: bool, now: datetime.datetime) -> Standing:
    """Return how a sealed answer with a good signature stands."""
    if withdrawn:
        return Standing.WITHDRAWN
    return Standing.GENUINE if now.timestamp() < said["exp"] else Standing.EXPIRED


def check_withdrawal(*, why: str, withdrawn: bool) -> None:
    """Refuse to withdraw without a reason, or twice."""
    if withdrawn:
        raise Refusal(Reason(N_("这份凭证已经作废了。")))
    if not why.strip():
        raise Refusal(
            Reason(N_("没有写为什么作废。")), Reason(N_("核对凭证的人会看到这句话，不要写个人信息。")), field="why"
        )


def tail_of(number: str) -> str:
    """Return the signs of a number somebody types to check a sheet."""
    return number[-TAIL:]


def _packed(said: Mapping[str, Any]) -> str:
    return _base64(json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode())


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _plain(text: str) -> bytes:
    return base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
