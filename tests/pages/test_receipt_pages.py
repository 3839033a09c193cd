"""The receipt of a look: for the person it is about, checkable by anybody, without us."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path

from django.urls import reverse

from mianzheng.audit.actions import write
from mianzheng.audit.actions.sealing import seal
from mianzheng.audit.models import Entry
from mianzheng.audit.ports import SIGNER
from mianzheng.audit.rules import NewEntry
from mianzheng.audit.rules.checkpoints import read
from mianzheng.audit.rules.merkle import leaf_hash, root_from
from mianzheng.catalogue.queries.editions import city as city_in_force
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
    assert entry.purpose in said["written"]
    checkpoint, _ = read(said["checkpoint"])
    leaf = bytes.fromhex(said["leaf"])
    path = [bytes.fromhex(each) for each in said["path"]]
    assert root_from(said["index"], checkpoint.size, leaf_hash(leaf), path) == checkpoint.root
    assert hashlib.sha256(bytes.fromhex(said["salt"]) + said["written"].encode()).digest() == leaf


def test_a_receipt_says_which_look_it_is_of(street: Street) -> None:
    street.town.verified("anna")
    entry = Entry.objects.filter(subject=street.town["anna"], action="lookup").first()
    assert entry is not None
    city = city_in_force()
    page = seen(street.as_("anna").get(reverse("evidence:receipt", args=[entry.id])))
    assert city.facts[entry.fact].question.zh in page
    assert city.items[entry.item].name.zh in page


def test_a_line_about_somebody_else_is_not_there(street: Street) -> None:
    street.town.verified("anna")
    entry = Entry.objects.filter(subject=street.town["anna"]).first()
    assert entry is not None
    assert street.as_("ben").get(reverse("evidence:receipt", args=[entry.id])).status_code == 404


def test_the_check_that_the_documentation_shows_proves_a_receipt_and_finds_a_changed_one(
    street: Street, tmp_path: Path
) -> None:
    street.town.verified("anna")
    seal(origin="mianzheng/test", now=NOW)
    entry = Entry.objects.filter(subject=street.town["anna"], action="lookup").first()
    assert entry is not None
    raw = street.as_("anna").get(reverse("evidence:receipt", args=[entry.id]), {"form": "json"}).content.decode()
    page = (Path(__file__).parents[2] / "docs" / "reference" / "receipts.md").read_text(encoding="utf-8")
    check = tmp_path / "check.py"
    check.write_text(page.split("```python\n")[1].split("```")[0], encoding="utf-8")
    key = SIGNER().public_key()
    public = "mianzheng/test+00000000+" + base64.b64encode(bytes([SIGNER().algorithm]) + key).decode()

    def checked(text: str, public: str) -> subprocess.CompletedProcess[str]:
        file = tmp_path / "receipt.json"
        file.write_text(text, encoding="utf-8")
        return subprocess.run([sys.executable, check, file, public], capture_output=True, text=True, check=False)

    proven = checked(raw, public)
    assert (proven.returncode, proven.stdout) == (
        0,
        f"Line {json.loads(raw)['index']} of {Entry.objects.count()} in the log mianzheng/test, signed.\n",
    ), proven.stderr
    said = json.loads(raw)
    for wrong in (
        {**said, "written": said["written"].replace("lookup", "reveal")},
        {**said, "index": said["index"] + 1},
        {**said, "path": said["path"][1:]},
        {**said, "checkpoint": said["checkpoint"].replace("mianzheng/test\n", "mianzheng/other\n", 1)},
    ):
        assert checked(json.dumps(wrong), public).returncode != 0
    other = base64.b64encode(bytes([SIGNER().algorithm]) + bytes(32)).decode()
    assert checked(raw, f"mianzheng/test+00000000+{other}").returncode != 0


def test_a_line_that_my_data_does_not_list_has_no_receipt(street: Street) -> None:
    write([NewEntry(at=NOW, actor="officer", action="delivery.again", purpose="x", subject=street.town["anna"])])
    entry = Entry.objects.get(action="delivery.again")
    assert street.as_("anna").get(reverse("evidence:receipt", args=[entry.id])).status_code == 404
