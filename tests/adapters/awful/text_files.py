"""Awful text files."""

from __future__ import annotations

import codecs
import csv
import io
import random
from collections.abc import Sequence

from tests.adapters.awful.item import ANN, BO, CY, DI, HEADINGS, SPOUSE, XI, cells

GOOD = (cells(ANN), cells(BO, "B1", kind="医疗", amount="0.5"), cells(CY, "C1", spouse=SPOUSE))


def lines(
    *rows: Sequence[str], headings: Sequence[str] = HEADINGS, separator: str = ",", end: str = "\n", quoting: int = 0
) -> str:
    """Write rows below `headings` as text, quoted only where they must be."""
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator, lineterminator=end, quoting=quoting)
    writer.writerows([headings, *rows])
    return written.getvalue()


def text_files() -> dict[str, bytes]:
    """Return each file's content by its name."""
    return {**_encoded(), **_shaped(), **_cells(), **_headed(), **_broken()}


def _encoded() -> dict[str, bytes]:
    rare = lines(cells(ANN, name="王䶮𠮷"), *GOOD[1:])
    good = lines(*GOOD)
    return {
        "01-plain.csv": good.encode(),
        "02-gb18030.csv": rare.encode("gb18030"),
        "03-byte-order-mark.csv": codecs.BOM_UTF8 + good.encode(),
        "04-utf-16.txt": codecs.BOM_UTF16_LE + lines(*GOOD, separator="\t", end="\r\n").encode("utf-16-le"),
        "05-utf-16-big-endian.csv": codecs.BOM_UTF16_BE + good.encode("utf-16-be"),
        "06-carriage-returns.csv": lines(*GOOD, end="\r").encode("gb18030"),
        "07-carriage-returns-and-line-feeds.csv": lines(*GOOD, end="\r\n").encode(),
        "08-semicolons.csv": lines(*GOOD, separator=";").encode(),
        "09-tabs.txt": lines(*GOOD, separator="\t").encode("gb18030"),
        "10-pipes.txt": lines(*GOOD, separator="|").encode(),
        "76-utf-16-without-mark.csv": good.encode("utf-16-le"),
    }


def _shaped() -> dict[str, bytes]:
    broken_cell = cells(ANN, "A1\n第二行", name='王"小"安')
    title = "义乌市缴费证名册（2024年度）"
    above = f"{title}\n填报单位：某某局,,,填报日期：2024-02-01\n\n"
    below = f"合    计,,,,36,300.00{',' * 4}\n备注：以上数据截至2024年1月31日。\n填表人：某甲{',' * 9}\n"
    commas = "," * (len(HEADINGS) - 1)
    good = lines(*GOOD)
    return {
        "11-line-breaks-in-quotes.csv": lines(broken_cell, cells(BO, "B,1"), cells(CY, "C1", months="x")).encode(),
        "12-unbalanced-quote.csv": lines(*GOOD, cells(DI, "D1")).replace("王安", '"王安').encode(),
        "13-ragged.csv": lines(GOOD[0], GOOD[1][:4], [*GOOD[2], "多", "余"], cells(DI, "D1")).encode(),
        "23-duplicate-rows.csv": lines(cells(ANN), cells(BO), cells(ANN), cells(ANN, "A2"), cells(BO)).encode(),
        "27-title-above.csv": (above + lines(*GOOD[:2], cells(CY, "C1", months="x"))).encode("gb18030"),
        "33-totals-and-remarks.csv": (good + below).encode("gb18030"),
        "64-separators-at-the-end.csv": good.replace("\n", ",\n").encode(),
        "65-empty-lines-between.csv": lines(
            GOOD[0], [], [""] * 10, [" ", "\u3000", *[""] * 8], cells(BO, "B1", months="x")
        ).encode(),
        "69-headings-on-every-page.csv": (good + lines(cells(DI, "D1"), cells(XI, "X1", months="x"))).encode(),
        "71-title-with-commas.csv": f"{title}{commas}\n{commas}\n{good}{commas}\n".encode("gb18030"),
        "73-quotes-inside.csv": (
            ",".join(HEADINGS) + "\n" + ",".join(cells(ANN, '5"管')) + "\n" + ",".join(cells(BO, '"说""好"""'))
        ).encode(),
        "80-everything-quoted.csv": lines(*GOOD, quoting=csv.QUOTE_ALL).encode(),
    }


def _cells() -> dict[str, bytes]:
    wide = str.maketrans({ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789X-./"})
    dates = ("2024.1.5", "2024/01/05", "2024年1月5日", "20240105", "45296", "2024-1-5 00:00:00", "2024 年 1 月 5 日")
    wrong = ("24-1-5", "2024-02-30", "05/01/2024", "2024", "去年春天", "2024-13-01")
    files = {
        "14-full-width": [
            [cell.translate(wide) for cell in cells(XI, "X1")],
            cells(ANN, months="１２", amount="１００．５", issued_on="２０２４年１月５日", kind="养老\u3000"),
        ],
        "15-stray-blanks": [
            cells(f"\u3000{ANN[:6]} {ANN[6:14]}\u00a0{ANN[14:]}\u200b", "\ufeffA1\u00a0", kind=" 养老 "),
            cells(BO, "\tB1 ", months=" 12\u00a0", amount="\u30001 ", issued_on=" 2024-01-05\u200b", active=" 是"),
        ],
        "16-scientific-numbers": [cells("3.30782E+17"), cells("5.1072e+17", "A2"), cells(BO, "1.2E+3", amount="1E+4")],
        "17-thousands-separators": [
            cells(months="1,2", amount="1,234.50"),
            cells(BO, amount="¥1,000"),
            cells(CY, amount="12,34"),
            cells(DI, amount="12元"),
            cells(XI, amount="1.234,50"),
        ],
        "18-dates-as-people-write": [
            *(cells(ANN, f"A{n}", issued_on=day) for n, day in enumerate(dates)),
            cells(BO, valid_until="长期"),
            cells(CY, issued_on="", valid_until="永久有效"),
        ],
        "19-dates-nobody-can-read": [cells(ANN, f"A{n}", issued_on=day) for n, day in enumerate(wrong)],
        "20-codes-as-words": [
            cells(ANN, f"A{n}", kind=kind)
            for n, kind in enumerate(("养老", "pension", "PENSION", "Medical", "医疗", "失业", "1", ""))
        ],
        "21-yes-and-no": [
            cells(ANN, f"A{n}", active=word)
            for n, word in enumerate(("是", "否", "√", "×", "Y", "n", "1", "0", "ＴＲＵＥ", "无", "不详", ""))
        ],
        "22-apostrophes": [cells(f"'{ANN}", "'007", months="'12", issued_on="'2024-01-05"), cells(f"’{BO}", "O'B")],
        "35-small-x": [cells(XI.lower(), "X1"), cells(ANN, spouse=SPOUSE.lower())],
        "36-numbers-that-are-wrong": [
            cells("330782600101001"),
            cells(f"{ANN[:17]}7"),
            cells(ANN[:17]),
            cells("E12345678"),
            cells("999999196001010005"),
            cells(f"330782{'19601301'}0005"),
            cells(""),
            cells(ANN, spouse=f"{BO[:17]}0"),
            cells("张三"),
        ],
        "37-ends-before-it-begins": [
            cells(issued_on="2024-01-05", valid_until="2023-01-05"),
            cells(BO, issued_on="2024-01-05", valid_until="2024-01-05"),
        ],
        "38-out-of-range": [
            cells(months="601"),
            cells(ANN, "A2", months="-1", amount="50000.01"),
            cells(BO, months="0", amount="50000"),
            cells(CY, months="12.5", amount="1.005"),
            cells(DI, months="99999999999999999999"),
        ],
        "39-in-the-future": [
            cells(issued_on="2026-03-03", valid_until="2030-01-01"),
            cells(BO, issued_on="2026-03-02", valid_until="2030-01-01"),
            cells(CY, issued_on="长期"),
        ],
        "81-too-long": [cells(ANN, "长" * 401), cells(ANN, "长" * 400), cells(BO, "")],
    }
    return {f"{name}.csv": lines(*rows).encode() for name, rows in files.items()}


def _headed() -> dict[str, bytes]:
    spaced = ("*身 份 证 号\u200b", "姓  名", "编号：", "险种（代码）", "月数(个)", "金额【元】")
    others = ("公民身份号码", "当事人姓名", "证件编号", "kind", "MONTHS", "缴费金额（元）", "issued_on", "有效期止")
    twice = [*HEADINGS, "金额"]
    return {
        "24-headings-twice.csv": lines(*([*row, "7"] for row in GOOD), headings=twice).encode(),
        "25-column-missing.csv": lines(
            *([*row[:2], *row[3:]] for row in GOOD), headings=[*HEADINGS[:2], *HEADINGS[3:]]
        ).encode("gb18030"),
        "26-column-unknown.csv": lines(
            *([str(n), *row] for n, row in enumerate(GOOD, 1)), headings=["序号", *HEADINGS]
        ).encode(),
        "41-headings-only.csv": lines().encode(),
        "70-headings-dressed-up.csv": lines(*(row[:6] for row in GOOD), headings=spaced).encode(),
        "72-headings-by-other-names.csv": lines(*(row[:8] for row in GOOD), headings=others).encode("gb18030"),
        "75-another-register.csv": "车牌号,车型,登记日期\n浙G12345,轿车,2024-01-05\n".encode("gb18030"),
        "78-no-headings.csv": "\n".join(map(",".join, GOOD)).encode(),
        "82-codes-below-names.csv": lines(["number", "name", *ITEM_CODES], *GOOD).encode(),
    }


ITEM_CODES = ("permit_no", "kind", "months", "amount", "issued_on", "valid_until", "active", "spouse")


def _broken() -> dict[str, bytes]:
    good = lines(*GOOD).encode()
    chance = random.Random(7)
    page = "<html><head><meta charset='utf-8'></head><body><table><tr><td>身份证号</td></tr></table></body></html>"
    return {
        "40-empty.csv": b"",
        "42-garbage.csv": chance.randbytes(20_000),
        "43-garbage-without-zeros.csv": bytes(chance.randrange(1, 256) for _ in range(20_000)),
        "44-web-page.xls": page.encode(),
        "45-list.json": '[{"身份证号": "330782196001010005", "编号": "A1"}]'.encode(),
        "56-two-encodings.csv": good.replace("李波".encode(), "李小波".encode("gb18030")),
        "57-a-bad-byte.csv": lines(*GOOD).encode("gb18030").replace("李波".encode("gb18030"), b"\xff\xff"),
        "58-zero-bytes.csv": good.replace(b"B1", b"B\x001"),
        "74-only-blanks.csv": "\n \n\t\n\u3000\n\n".encode(),
        "83-saved-web-archive.xls": b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n--x\r\n"
        + page.encode(),
        "84-xml-spreadsheet.xls": b'\xef\xbb\xbf<?xml version="1.0"?><Workbook><Worksheet/></Workbook>',
    }
