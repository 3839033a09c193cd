"""Merging and splitting matters on pages, old addresses, and the package as a file."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

from click.testing import CliRunner
from django.urls import reverse

from mianzheng.catalogue.actions.load_city import load_city
from mianzheng.catalogue.adapters.folder import files_of, write
from mianzheng.catalogue.commands import city as group
from mianzheng.catalogue.models import Edition
from mianzheng.catalogue.queries.editions import city, current
from mianzheng.reform.actions import enforcing
from mianzheng.reform.queries.drafts import on_top
from tests.drafted import ACTING, again, begun, row, tried
from tests.pages.street import Street, seen, street
from tests.pages.test_draft_pages import edits, page, post
from tests.second_city.life import DAY, NOW
from tests.second_city.reading import FILES, FOLDER

__all__ = ["street"]

MERGE = {
    "main": "home",
    "others.code": ["bus", "well"],
    "name": "住房和出行",
    "name_en": "Homes and travel",
    "decide_days": "5",
}
SPLIT = {"code": "debts", "name": "清欠", "name_en": "Debts", "needs": ["1", "3"], "form": ["0"]}


def test_merged_on_pages_and_old_addresses_lead_to_the_new_matter(street: Street):
    draft, client = begun(), street.as_("reform")
    page(client, "draft_merge", draft)
    assert post(client, "draft_merge", draft, **MERGE).status_code == 302
    assert on_top(again(draft.id)).problems == ()
    shown = seen(client.get(reverse("reform:draft", args=[draft.id])))
    assert "老年公交卡" in shown and "删去" in shown
    enforcing.test(draft=draft.id, **ACTING)
    enforcing.put_in_force(draft=draft.id, actor=ACTING["actor"], now=NOW + DAY / 24)
    assert list(city().matters) == ["home", "abroad"]
    anyone = street.as_(None)
    for old in ("bus", "well"):
        assert anyone.get(f"/matters/{old}/")["Location"] == reverse("cases:matter", args=["home"])
    assert anyone.get("/matters/bus/guide/").status_code == 200
    assert street.as_("anna").get("/matters/bus/apply/")["Location"] == reverse("cases:start", args=["home"])
    assert "住房和出行" in seen(anyone.get("/", {"q": "老年公交卡"}))


def test_a_merger_nobody_can_mean(street: Street):
    draft, client = begun(), street.as_("reform")
    for wrong, says in (
        ({"others.code": ["home"]}, "上面已经选了"),
        ({"others.code": ["bus", "bus"]}, "上面已经选了"),
        ({"others.code": []}, "至少要有一行"),
        ({"others.code": ["nothing"]}, "没有“nothing”"),
        ({"name_en": ""}, "请填写"),
        ({"decide_days": "很快"}, "“很快”不是整数"),
    ):
        response = post(client, "draft_merge", draft, **MERGE | wrong)
        assert response.status_code == 422 and says in seen(response) and "住房和出行" in response.content.decode()
    assert edits(draft) == []
    assert "加一行" in seen(post(client, "draft_merge", draft, **MERGE, act="others:add"))


def test_split_on_pages(street: Street):
    draft, client = begun(), street.as_("reform")
    assert "至少查两项事实的才能拆" in page(client, "draft_split", draft)
    address = reverse("reform:draft_split", args=[draft.id]) + "?matter=home"
    assert "没有欠款：欠款的先还。" in seen(client.get(address))
    for wrong, says in (
        ({"code": "bus"}, "已经有了"),
        ({"needs": []}, "请选一项"),
        ({"needs": ["0", "1", "2", "3"]}, "至少要留一项"),
        ({"needs": ["7"]}, "没有“7”"),
    ):
        response = client.post(address, SPLIT | wrong)
        assert response.status_code == 422 and says in seen(response) and "清欠" in response.content.decode()
    assert client.post(address, SPLIT).status_code == 302
    found = on_top(again(draft.id))
    assert found.problems == () and found.city
    assert [n.fact for n in found.city.matters["home"].work.needs] == ["has-card", "works"]  # type: ignore[union-attr]
    assert [n.fact for n in found.city.matters["debts"].work.needs] == ["no-debt", "no-debt"]  # type: ignore[union-attr]


def unzipped(response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(b"".join(response) if response.streaming else response.content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_of(folder)}


def test_the_package_is_the_folder_it_came_from_byte_for_byte(street: Street):
    client = street.as_("reform")
    first = client.get(reverse("reform:package"))
    assert unzipped(first) == bytes_of(FOLDER)
    assert first.content == client.get(reverse("reform:package")).content
    draft = begun(row("matters.csv", "bus", name="乘车卡"))
    drafted = unzipped(client.get(reverse("reform:draft_package", args=[draft.id])))
    assert {name for name in drafted if drafted[name] != bytes_of(FOLDER)[name]} == {"matters.csv"}
    assert "乘车卡" in drafted["matters.csv"].decode()


def test_exported_and_loaded_again_is_no_new_edition(street: Street, tmp_path: Path):
    folder = tmp_path / "out"
    done = CliRunner().invoke(group, ["export", str(folder)])
    assert done.exit_code == 0 and str(current()) in done.output
    assert bytes_of(folder) == bytes_of(FOLDER)
    assert (
        load_city(files=files_of(folder), actor="operator", now=NOW + DAY) == current() and Edition.objects.count() == 1
    )
    assert CliRunner().invoke(group, ["export", str(folder)]).exit_code == 0, "over itself it may be written"
    (folder / "texts/another.md").write_text("x")
    refused = CliRunner().invoke(group, ["export", str(folder)])
    assert refused.exit_code != 0 and refused.exception is not None


def test_what_was_edited_on_pages_is_exported_and_loads_as_it_is(street: Street, tmp_path: Path):
    draft = tried(row("matters.csv", "bus", name="乘车卡"))
    enforcing.put_in_force(draft=draft.id, actor=ACTING["actor"], now=NOW + DAY / 24)
    CliRunner().invoke(group, ["export", str(tmp_path)])
    assert "乘车卡" in (tmp_path / "matters.csv").read_text()
    done = CliRunner().invoke(group, ["load", str(tmp_path)])
    assert done.output.strip() == str(current()) and Edition.objects.count() == 2
    assert CliRunner().invoke(group, ["load", str(FOLDER)]).exit_code != 0, "a folder of before would undo it"


def test_line_ends_and_marks_survive(tmp_path: Path):
    odd = {**FILES, "batches.csv": "\ufeff" + FILES["batches.csv"].replace("\n", "\r\n")}
    write(odd, tmp_path)
    assert files_of(tmp_path) == odd
