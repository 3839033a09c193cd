"""The receipt of a look: for the person it is about, checkable by anybody, without us."""

from __future__ import annotations

import hashlib

from django.urls import reverse

from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Entry
from mianzheng.audit.rules.checkpoints import read
from mianzheng.audit.rules.merkle import leaf_hash, root_from
from tests.pages.street import Street, seen, street
from tests.second_city.life import NOW

__all__ = ["street"]


def test_a_person_gets_the_proof_of_every_look_at_them(street: Street) -> None:
    street.town.verified("anna")
    anna = street.as_("anna")
    entry = Entry.objects.filter(subject=street.town["anna"], action="lookup").first()
    assert entry is not None
    address = reverse("evidence:receipt", args=[entry.id])
    assert address in anna.get(reverse("evidence:my_data")).content.decode()
    assert "几秒钟之内" in seen(anna.get(address)), "no seal has it yet"
    seal(origin="mianzheng/test", now=NOW)
    assert "封存" in seen(anna.get(address))
    said = anna.get(address, {"form": "json"}).json()
    parts = [str(part) for part in said["entry"].values()]
    assert "abroad" not in parts
    checkpoint, _ = read(said["checkpoint"])
    leaf = bytes.fromhex(said["leaf"])
    path = [bytes.fromhex(each) for each in said["path"]]
    assert root_from(said["index"], checkpoint.size, leaf_hash(leaf), path) == checkpoint.root
    assert hashlib.sha256(bytes.fromhex(said["salt"])).digest() != leaf


def test_a_line_about_somebody_else_is_not_there(street: Street) -> None:
    street.town.verified("anna")
    entry = Entry.objects.filter(subject=street.town["anna"]).first()
    assert entry is not None
    assert street.as_("ben").get(reverse("evidence:receipt", args=[entry.id])).status_code == 404
