"""Handing in on pages: a department without IT uploads a file, corrects what was understood, loads it, sees how it went."""

from __future__ import annotations

import datetime
import io
import re
import uuid

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from mianzheng.centre import jobs
from mianzheng.centre.actions.approvals import file_approval
from mianzheng.centre.actions.intake import queue
from mianzheng.centre.models import Approval, Intake, SenderKey
from mianzheng.common.actors import OPERATOR
from mianzheng.common.identifiers import make_ric
from mianzheng.web import sql, uploads
from tests.pages.street import Street, seen, street
from tests.second_city.life import BORN, NOW, officer
from tests.second_city.reading import CITY

__all__ = ["street"]


@pytest.fixture
def homes(street: Street) -> Client:
    """An officer of the housing bureau, which owns ``debts`` and approved of a copy."""
    approve("debts")
    return street.as_("homes")


def approve(item: str) -> uuid.UUID:
    return file_approval(
        city=CITY,
        item=item,
        document="桥数〔2026〕1号",
        scope="",
        from_day=NOW.date(),
        until_day=None,
        actor=OPERATOR,
        now=NOW,
    )


def upload(client: Client, text: str | bytes, *, follow: bool = True, **more: str):
    body = text.encode() if isinstance(text, str) else text
    form = {"item": "debts", "kind": "snapshot", "as_of": "2026-03-02", **more}
    file = SimpleUploadedFile("欠款表.csv", body, content_type="text/csv")
    return client.post(reverse("centre:intake_new"), {**form, "file": file}, follow=follow)


def rows(street: Street, *names: str, heading: str = "欠款") -> str:
    lines = [
        f"身份证号,姓名,{heading}",
        *(f"{street.town.numbers[name]},{name},{n}" for n, name in enumerate(names, 100)),
    ]
    return "\n".join(lines) + "\n"


def form_of(page) -> dict[str, str]:
    """Return what the preview's form would send as it stands."""
    html = page.content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(heading\d+)" value="([^"]*)">', html))
    for number, options in re.findall(r'name="code(\d+)">(.*?)</select>', html, flags=re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        sent[f"code{number}"] = chosen.group(1) if chosen else ""
    return sent


# --- handing in ----------------------------------------------------------------------------------------------------


def test_only_own_copies_with_an_approval_can_be_chosen(street: Street, homes: Client):
    page = homes.get(reverse("centre:intake_new")).content.decode()
    assert 'value="debts"' in page
    assert 'value="card"' not in page
    civil = street.as_("civil").get(reverse("centre:intake_new"))
    assert "还不能上交" in seen(civil)
    assert re.search(r'<option value="card" disabled>', civil.content.decode())


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"item": ""}, "请先选择信息项和文件"),
        ({"item": "work"}, "不是贵部门的信息项"),
        ({"item": "dream"}, "没有这个信息项"),
        ({"kind": "both"}, "请选择全量或增量"),
        ({"as_of": "tomorrow"}, "请选择全量或增量"),
        ({"as_of": "2026-03-09"}, "还没有到"),
        ({"as_of": "2026-02-01"}, "更旧"),
    ],
)
def test_what_is_wrong_is_said_on_the_same_page(homes: Client, street: Street, more, said):
    page = upload(homes, rows(street, "anna"), **more)
    assert page.status_code == 200
    assert said in seen(page)
    assert not Intake.objects.exists()


def test_no_file_is_no_batch(homes: Client):
    page = homes.post(reverse("centre:intake_new"), {"item": "debts", "kind": "snapshot", "as_of": "2026-03-02"})
    assert "请先选择信息项和文件" in seen(page)


def test_a_large_file_never_lies_in_plain_text_on_disk(homes: Client, street: Street, monkeypatch):
    kept = []
    spooled = uploads._Sealed.add
    monkeypatch.setattr(uploads._Sealed, "add", lambda self, piece: (kept.append(self), spooled(self, piece))[1])
    text = rows(street, "anna") + "".join(f"{street.town.numbers['eric']},eric,{n}\n" for n in range(150_000))
    upload(homes, text, follow=False)
    assert kept, "it was too large for memory"
    assert kept[0].closed
    batch = Intake.objects.get()
    assert batch.size == len(text.encode())


# --- preview -------------------------------------------------------------------------------------------------------


def test_the_preview_shows_what_was_understood_and_masks_numbers(homes: Client, street: Street):
    page = upload(homes, rows(street, "anna", "eric"))
    said = seen(page)
    assert form_of(page) == {
        "heading0": "身份证号",
        "code0": "subject",
        "heading1": "姓名",
        "code1": "name",
        "heading2": "欠款",
        "code2": "amount",
    }
    assert street.town.numbers["anna"] not in page.content.decode()
    assert "anna" not in said
    assert "a***" in said
    assert "以这份全量为准" in said
    assert "没有发现问题" in said


def test_the_preview_masks_every_kind_of_number_and_shows_the_data_centre_nobody(homes: Client, street: Street):
    text = (
        "身份证号,姓名,欠款,联系人,备注\n"
        "E12345678,anna,1234567,王小明,护照123456789\n"
        f"{street.town.numbers['eric']},eric,七元,李四,ＰＡ１２３４５６\n"
    )
    to_sender = upload(homes, text)
    batch = Intake.objects.get()
    to_centre = street.as_("duty").get(reverse("centre:intake", args=[batch.id]))
    for page in (to_sender, to_centre):
        assert form_of(page)["code3"] == form_of(page)["code4"] == ""
        html = page.content.decode()
        for hidden in ("E12345678", "123456789", "ＰＡ１２３４５６", "PA123456", street.town.numbers["eric"], "anna"):
            assert hidden not in html
    for told in ("1234567", "王小明", "李四", "护照123****89", "七元"):
        assert told in seen(to_sender)
        assert told not in seen(to_centre)
    assert seen(to_centre).count("头几行里有2个值") == 2
    assert "123**67" in seen(to_centre)
    assert "a***" in seen(to_centre)


def test_a_column_is_corrected_and_the_batch_loads(homes: Client, street: Street):
    page = upload(homes, rows(street, "anna", "eric", heading="数目"))
    batch = Intake.objects.get()
    sent = form_of(page)
    assert sent["code2"] == ""
    sent["code2"] = "amount"
    again = homes.post(reverse("centre:intake_load", args=[batch.id]), {**sent, "then": "preview"}, follow=True)
    assert form_of(again)["code2"] == "amount"
    batch.refresh_from_db()
    assert (batch.stage, batch.columns["数目"]) == ("waiting", "amount")
    done = homes.post(
        reverse("centre:intake_load", args=[batch.id]), {**form_of(again), "then": "load", "expected": "2"}, follow=True
    )
    assert "排队入库" in seen(done)
    assert "hx-trigger" in done.content.decode()
    jobs.load_waiting()
    end = homes.get(reverse("centre:intake", args=[batch.id]))
    assert "已入库" in seen(end)
    assert "hx-trigger" not in end.content.decode()


def test_a_field_chosen_twice_is_refused(homes: Client, street: Street):
    page = upload(homes, rows(street, "anna"))
    batch = Intake.objects.get()
    wrong = {**form_of(page), "code1": "amount"}
    told = homes.post(reverse("centre:intake_load", args=[batch.id]), {**wrong, "then": "load"}, follow=True)
    assert "选成了同一个字段" in seen(told)
    assert Intake.objects.get().stage == "waiting"


def test_a_missing_column_greys_the_button_and_says_why(homes: Client, street: Street):
    page = upload(homes, "姓名,欠款\nanna,5\n")
    assert "缺少必需的列" in seen(page)
    assert "没有发现问题" not in seen(page), "nothing was checked yet"
    assert not re.search(r'value="load">', page.content.decode())


def test_faults_are_listed_before_loading(homes: Client, street: Street):
    number = street.town.numbers["anna"]
    page = upload(homes, f"身份证号,欠款\n{number},5\n{number[:-1]}?,7\n{street.town.numbers['eric']},viel\n")
    said = seen(page)
    assert "第 4 行" in said
    assert "viel" in said


def test_a_file_that_cannot_be_read_says_so_and_offers_another(homes: Client, street: Street):
    page = upload(homes, b"\x00\x01\x02\x03")
    assert page.status_code == 200
    assert "换一份文件" in seen(page)


def test_fewer_rows_ask_for_a_tick_already_in_the_preview(homes: Client, street: Street):
    street.town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    page = upload(homes, rows(street, "anna"))
    batch = Intake.objects.get()
    if 'name="confirmed"' not in page.content.decode():
        pytest.skip("the reader does not know how many rows there are")
    homes.post(reverse("centre:intake_load", args=[batch.id]), {**form_of(page), "then": "load", "confirmed": "yes"})
    jobs.load_waiting()
    assert Intake.objects.get().stage == "loaded"


# --- how it goes, how it went ----------------------------------------------------------------------------------------


def test_progress_is_shown_with_and_without_scripts(homes: Client, street: Street):
    upload(homes, rows(street, "anna"))
    batch = Intake.objects.get()
    Intake.objects.update(stage="reading", rows=400_000, expected_rows=1_000_000)
    page = homes.get(reverse("centre:intake", args=[batch.id])).content.decode()
    assert '<meta http-equiv="refresh"' in page
    pulse = homes.get(reverse("centre:intake_pulse", args=[batch.id]), headers={"HX-Request": "true"})
    assert "<html" not in pulse.content.decode()
    assert 'value="40" max="100"' in pulse.content.decode()
    assert "已读 400,000 行，共约 1,000,000 行" in seen(pulse)


def test_a_batch_that_nobody_will_take_up_says_so(homes: Client, street: Street):
    upload(homes, rows(street, "anna"))
    batch = Intake.objects.get()
    queue(intake=batch.id, actor=officer("homes"), now=NOW)

    def said(minutes: int, beat: str) -> str:
        street.now = NOW + datetime.timedelta(minutes=minutes)
        sql.run("DELETE FROM procrastinate_workers")
        if beat:
            sql.run("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s::interval)", [beat])
        return seen(homes.get(reverse("centre:intake_pulse", args=[batch.id])))

    assert "后台程序" not in said(0, ""), "a moment ago"
    assert "后台程序没有运行" in said(1, "")
    assert "后台程序没有运行" in said(1, "5 minutes"), "killed: it could not even sign off"
    assert "后台程序" not in said(1, "5 seconds")
    Intake.objects.update(stage="reading")
    assert "后台程序" not in said(1, ""), "a command reads it"


@pytest.fixture
def ended(homes: Client, street: Street) -> Intake:
    """A batch of 42 rows, one of which was refused."""
    good = "".join(f"{make_ric('330782', BORN, 100 + n)},somebody,{n}\n" for n in range(40))
    upload(homes, rows(street, "eric") + f"{street.town.numbers['carl']},carl,=SUM(A1)\n" + good)
    batch = Intake.objects.get()
    queue(intake=batch.id, actor=officer("homes"), now=NOW)
    jobs.load_waiting()
    batch.refresh_from_db()
    return batch


def test_the_result_is_a_picture_with_its_table(homes: Client, ended: Intake):
    page = homes.get(reverse("centre:intake", args=[ended.id]))
    assert "读了 42 行" in seen(page)
    assert re.search(r"新增\s+40\b", seen(page))
    assert re.search(r"退回\s+1\b", seen(page))
    assert "share-added" in page.content.decode()


def test_the_sender_gets_the_error_file_and_no_cell_acts(homes: Client, ended: Intake):
    sheet = homes.get(reverse("centre:intake_faults", args=[ended.id, "xlsx"]))
    book = openpyxl.load_workbook(io.BytesIO(b"".join(sheet.streaming_content)))
    _, row = list(book.active.iter_rows())
    assert [cell.value for cell in row][:3] == [3, "欠款", "=SUM(A1)"]
    assert row[2].data_type == "s", "text, not a formula"
    csv = b"".join(homes.get(reverse("centre:intake_faults", args=[ended.id, "csv"])).streaming_content).decode()
    assert csv.startswith("\ufeff")
    assert "'=SUM(A1)" in csv


def test_others_see_the_batch_but_not_the_error_file(street: Street, homes: Client, ended: Intake):
    duty = street.as_("duty")
    page = duty.get(reverse("centre:intake", args=[ended.id]))
    assert "只有上交的人" in seen(page)
    assert duty.get(reverse("centre:intake_faults", args=[ended.id, "csv"])).status_code == 404
    assert street.as_("civil").get(reverse("centre:intake", args=[ended.id])).status_code == 404


def test_too_few_is_confirmed_on_the_page(homes: Client, street: Street):
    street.town.records("debts", *((name, 5) for name in ("anna", "ben", "carl", "dora", "eric")))
    upload(homes, rows(street, "anna"))
    batch = Intake.objects.get()
    queue(intake=batch.id, actor=officer("homes"), now=NOW)
    jobs.load_waiting()
    page = homes.get(reverse("centre:intake", args=[batch.id]))
    assert "确实减少了" in seen(page)
    after = homes.post(reverse("centre:intake_confirm", args=[batch.id]))
    jobs.load_waiting()
    assert "已入库" in seen(homes.get(after["Location"]))


def test_a_broken_batch_is_tried_again(homes: Client, street: Street):
    upload(homes, rows(street, "anna", "eric"))
    batch = Intake.objects.get()
    Intake.objects.update(stage="broken")
    page = homes.get(reverse("centre:intake", args=[batch.id]))
    assert "再试一次" in seen(page)
    homes.post(reverse("centre:intake_again", args=[batch.id]))
    assert Intake.objects.get().stage == "queued"


def test_the_list_is_filtered_by_its_address(street: Street, homes: Client, ended: Intake):
    assert "欠款表.csv" in seen(homes.get(reverse("centre:intakes")))
    assert "欠款表.csv" in seen(homes.get(reverse("centre:intakes"), {"item": "debts", "stage": "loaded"}))
    assert "没有符合筛选条件" in seen(homes.get(reverse("centre:intakes"), {"stage": "broken"}))
    assert "还没有上交过" in seen(street.as_("civil").get(reverse("centre:intakes")))
    assert "欠款表.csv" in seen(street.as_("duty").get(reverse("centre:intakes"), {"office": "homes"}))


# --- approvals and keys ----------------------------------------------------------------------------------------------


def test_an_approval_is_filed_with_its_scan_and_ended(homes: Client):
    Approval.objects.all().delete()
    scan = SimpleUploadedFile("授权书.pdf", b"%PDF-1.7 signed", content_type="application/pdf")
    form = {"item": "debts", "document": "桥数〔2026〕8号", "scope": "全部", "from_day": "2026-03-01", "scan": scan}
    page = homes.post(reverse("centre:approvals"), form, follow=True)
    assert "桥数〔2026〕8号" in seen(page)
    filed = Approval.objects.get()
    got = homes.get(reverse("centre:approval_scan", args=[filed.id]))
    assert b"".join(got.streaming_content) == b"%PDF-1.7 signed"
    assert "attachment" in got["Content-Disposition"]
    assert "已终止" in seen(homes.post(reverse("centre:approval_end", args=[filed.id]), follow=True))
    assert "没有归集授权" in seen(homes.get(reverse("centre:intake_new")))


def test_what_is_wrong_with_an_approval_keeps_what_was_typed(homes: Client):
    form = {"item": "debts", "document": "桥数〔2026〕9号", "from_day": "2026-03-05", "until_day": "2026-03-01"}
    page = homes.post(reverse("centre:approvals"), form)
    assert "截止日期早于生效日期" in seen(page)
    assert 'value="桥数〔2026〕9号"' in page.content.decode()
    assert Approval.objects.count() == 1


def test_a_key_is_shown_once(homes: Client):
    form = {"id": str(uuid.uuid4()), "name": "缴费系统"}
    page = homes.post(reverse("centre:keys"), form)
    secret = re.search(r"mz-sender-[\w-]{20,}", page.content.decode())
    assert secret
    assert secret.group() not in homes.get(reverse("centre:keys")).content.decode()
    assert "只显示一次" in seen(homes.post(reverse("centre:keys"), form, follow=True))
    assert SenderKey.objects.count() == 1
    key = SenderKey.objects.get()
    assert "已作废" in seen(homes.post(reverse("centre:key_end", args=[key.id]), follow=True))
    assert datetime.timedelta(0) <= SenderKey.objects.get().ended_at - NOW


def test_a_preview_of_a_short_file_sees_every_row_and_says_what_loading_would_say(street: Street, homes: Client):
    number = street.town.numbers["anna"]
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    page = seen(upload(homes, f"身份证号,欠款\n{number},1\n{wrong},2"))
    assert "文件里约 2 行" in page
    assert "第 3 行" in page
    assert wrong not in page
    assert "整批没有入库" in page, "half of the rows are wrong: it would be refused whole"
    assert "文件里没有一行数据" in seen(upload(homes, "身份证号,欠款\n"))
