"""A basis as offices write it: which texts a cell names, and which article of each."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mianzheng.reform.rules.citing import Cited, bare, chinese, cited


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("《社会保险法》第十六条第二款", [Cited("社会保险法", "第十六条", "第二款")]),
        ("《中华人民共和国社会保险法》第16条", [Cited("社会保险法", "第十六条")]),
        ("社会保险法第十六条、第二十三条", [Cited("社会保险法", "第十六条"), Cited("社会保险法", "第二十三条")]),
        ("根据户口登记条例第十七条、《居民身份证法》", [Cited("户口登记条例", "第十七条"), Cited("居民身份证法")]),
        ("依据《婚姻法》《继承法》第十条", [Cited("婚姻法"), Cited("继承法", "第十条")]),
        ("《公司登记管理条例》（2016年修订）第二十九条", [Cited("公司登记管理条例", "第二十九条")]),
        ("《民事诉讼法（试行）》", [Cited("民事诉讼法（试行）")]),
        ("民发〔2020〕20号附件", [Cited("", number="民发〔2020〕20号")]),
        ("民函[2015]266号", [Cited("", number="民函〔2015〕266号")]),
        (
            "皖民社救字〔2017〕117号第十四条第一款第(四)项",
            [Cited("", "第十四条", "第一款第(四)项", "皖民社救字〔2017〕117号")],
        ),
        (
            "公安部等12部门《关于改进和规范公安派出所出具证明工作的意见》(公通字〔2016〕21号)",
            [Cited("关于改进和规范公安派出所出具证明工作的意见", number="公通字〔2016〕21号")],
        ),
        (
            "《税收征收管理法》第二十五条;实施细则第三十二条;财税〔2016〕23号",
            [
                Cited("税收征收管理法", "第二十五条"),
                Cited("税收征收管理法实施细则", "第三十二条"),
                Cited("", number="财税〔2016〕23号"),
            ],
        ),
        (
            "《危险化学品经营许可证管理办法》(安监总局令第55号)第十四条",
            [Cited("危险化学品经营许可证管理办法", "第十四条", order="安监总局令第55号")],
        ),
        (
            "国务院令第588号《危险化学品安全管理条例》第五十条",
            [Cited("危险化学品安全管理条例", "第五十条", order="国务院令第588号")],
        ),
        ("教育部令第38号", [Cited("", order="教育部令第38号")]),
        (
            "《浙江省实施〈中华人民共和国档案法〉办法》第三条",
            [Cited("浙江省实施《档案法》办法", "第三条")],
        ),
        ("无", []),
        ("", []),
        ("第三条", []),
    ],
)
def test_what_a_cell_names(cell: str, found: list[Cited]) -> None:
    assert list(cited(cell)) == found


@pytest.mark.parametrize(
    ("count", "said"),
    [("1", "一"), ("10", "十"), ("16", "十六"), ("20", "二十"), ("101", "一百零一"), ("110", "一百一十"), ("1260", "一千二百六十"), ("2005", "二千零五"), ("十六", "十六")],
)  # fmt: skip
def test_numbers_of_articles(count: str, said: str) -> None:
    assert chinese(count) == said


@given(
    st.text(
        alphabet="《》〈〉第十六条款项法条例办法（）()〔〕[]2020号令国务院、；;， 中华人民共和国社会保险", max_size=40
    )
)
def test_any_cell_is_read(cell: str) -> None:
    for one in cited(cell):
        assert one.title or one.number or one.order
        assert bare(one.title) == one.title
