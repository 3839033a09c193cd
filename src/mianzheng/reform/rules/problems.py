"""What is wrong in a city package, in words for whoever edits it on pages: file, line, what."""

from __future__ import annotations

import re

from mianzheng.catalogue.rules.source import Problem
from mianzheng.common.reasons import N_, Param, Reason

_SAID = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"'(?P<key>\w+)_en' is empty: English must be complete", N_("“%(key)s”的英文没有写")),
        (r"'facts' is empty: a matter needs at least one fact", N_("还没有要查的事实，至少要有一项")),
        (r"'fact' is empty: '(?P<has>\w+)' settles a fact.*", N_("“fact”没有写：“%(has)s”要写明弄清哪个事实")),
        (r"'(?P<key>\w+)' is empty.*", N_("“%(key)s”没有写")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)', expected (?:one|some) of: (?P<some>.*)", N_("“%(key)s”写的是“%(has)s”，只能是：%(some)s")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)', a whole number is expected", N_("“%(key)s”写的是“%(has)s”，要写整数")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)', a number is expected", N_("“%(key)s”写的是“%(has)s”，要写数字")),
        (r"'(?P<key>\w+)' is (?P<has>\S+), at least (?P<least>\S+) is expected", N_("“%(key)s”是 %(has)s，至少要 %(least)s")),
        (r"'(?P<key>\w+)' is (?P<has>\S+), more than (?P<least>\S+) is expected", N_("“%(key)s”是 %(has)s，要大于 %(least)s")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)', a date such as 2018-07-31 is expected", N_("“%(key)s”写的是“%(has)s”，日期要写成 2018-07-31")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)': there is no such (?P<what>.*)", N_("“%(key)s”写的是“%(has)s”，没有这个%(what)s")),
        (r"'(?P<key>\w+)' names '(?P<has>.*)': there is no such (?P<what>.*)", N_("“%(key)s”里的“%(has)s”不存在，没有这个%(what)s")),
        (r"'(?P<key>\w+)' has '(?P<has>.*)': there is no such (?P<what>.*)", N_("“%(key)s”里的“%(has)s”不存在，没有这个%(what)s")),
        (r"'(?P<has>[\w-]+)': there is no such (?P<what>.*)", N_("“%(has)s”不存在，没有这个%(what)s")),
        (r"'(?P<key>\w+)' is '(?P<has>.*)' a second time", N_("“%(key)s”的“%(has)s”写了两次")),
        (r"'where' does not fit item '(?P<item>[\w-]+)', column (?P<column>\d+): undeclared reference to '(?P<has>.*)'", N_("判定条件第 %(column)s 列写错了：信息项 %(item)s 没有“%(has)s”，也不是参数")),
        (r"'where' does not fit item '[\w-]+', column (?P<column>\d+): Syntax error: .*<EOF>.*", N_("判定条件第 %(column)s 列写错了：没有写完")),
        (r"'where' does not fit item '[\w-]+', column (?P<column>\d+): Syntax error: .*?(?P<has>'[^']*').*", N_("判定条件第 %(column)s 列写错了：这里不该是 %(has)s")),
        (r"'where' does not fit item '[\w-]+', column (?P<column>\d+): found no matching overload for '(?P<has>[^']*)' applied to '(?P<kinds>.*)'", N_("判定条件第 %(column)s 列写错了：“%(has)s”两边的类型不合：%(kinds)s")),
        (r"'where' does not fit item '(?P<item>[\w-]+)', column (?P<column>\d+): (?P<why>.*)", N_("判定条件第 %(column)s 列写错了：%(why)s（信息项 %(item)s）")),
        (r"'where' does not fit item '(?P<item>[\w-]+)', (?P<why>.*)", N_("判定条件和信息项 %(item)s 对不上，要得出“是”或者“不是”：%(why)s")),
        (r"item '(?P<item>[\w-]+)' has no fields in fields.csv.*", N_("信息项 %(item)s 没有字段，查不了")),
        (r"'form' is latest, but item '(?P<item>[\w-]+)' has no field marked newest", N_("信息项 %(item)s 没有标明哪个日期最新，不能看“最新一条”")),
        (r"parameter '(?P<key>\w+)' is '(?P<has>.*)', a value of type (?P<kind>\w+) is expected", N_("参数“%(key)s”写的是“%(has)s”，要的类型是 %(kind)s")),
        (r"'params' lacks '(?P<key>\w+)'", N_("缺参数“%(key)s”")),
        (r"'params' has '(?P<key>\w+)', which the fact does not know", N_("这个事实没有参数“%(key)s”")),
        (r"fact '(?P<key>[\w-]+)' is asked about a relation.*", N_("事实“%(key)s”查的是关系人，要先在事实里写明没有关系人时算符合还是不符")),
        (r"need '(?P<key>[\w-]+)' a second time.*", N_("“%(key)s”列了两次：第二次要另起一个代码")),
        (r"'retained' is '(?P<has>[\w-]+)', which is cancelled.*", N_("证明“%(has)s”已经取消，谁也不能要")),
        (r"'when' names '(?P<has>.*)': the form has no such question", N_("条件里的“%(has)s”不是表单里的一项")),
        (r"'is' is '(?P<has>.*)': '(?P<key>[\w-]+)' has no such answer", N_("“%(key)s”没有“%(has)s”这个答案")),
        (r"'choices' needs two or more.*", N_("选择题至少要有两个选项")),
        (r"'(?P<has>[\w-]+)' is retained: name it as 'retained'.*", N_("“%(has)s”是保留的证明，要写在需要它的那项事实上")),
        (r"'field' is '(?P<has>.*)': item '(?P<item>[\w-]+)' has no such field", N_("信息项 %(item)s 没有字段“%(has)s”")),
        (r"'(?P<key>\w+)' is '(?P<has>[\w-]+)', which is no (?P<what>\w+)", N_("“%(key)s”选的文本“%(has)s”不是这一类")),
        (r"'old_codes' names '(?P<has>[\w-]+)'.*", N_("旧代码“%(has)s”已经用在别处")),
        (r"'old_codes' of '(?P<key>[\w-]+)' names '(?P<has>[\w-]+)', which is a matter of its own", N_("“%(key)s”的旧代码“%(has)s”现在是另一个事项")),
        (r"no row of matters.csv has this code", N_("事项清单里没有这个代码")),
        (r"'(?P<key>[\w-]+)' is not known here, expected some of: (?P<some>.*)", N_("这里不认识“%(key)s”，可以写的是：%(some)s")),
        (r"a certificate still demanded in the city has no 'basis_law'.*", N_("本市还在索要的证明要写明设定依据")),
        (r"'basis_force' is '(?P<has>\w+)', on which no certificate.*", N_("“%(has)s”不能作为证明的设定依据")),
        (r"'version' differs from that of '(?P<has>.*)'", N_("中英文的版本号不同")),
        (r"'(?P<has>.*)' is missing: both languages must be there", N_("缺“%(has)s”：中英文都要有")),
        (r"'(?P<has>[\w-]+)': the matter has no such need", N_("事项没有“%(has)s”这一项")),
        (r"'(?P<has>[\w-]+)' about '(?P<key>[\w-]+)': the matter does not need this fact", N_("事项不再查“%(has)s”")),
        (r"'matter' is '(?P<has>[\w-]+)', which is not worked out.*", N_("事项“%(has)s”没有写办理内容，没法办")),
    )
]  # fmt: skip
_THINGS = {
    "town": N_("镇街"),
    "work area": N_("工作片"),
    "community": N_("村社"),
    "department": N_("部门"),
    "department or body": N_("单位"),
    "department, body or level": N_("单位"),
    "basis": N_("法律依据"),
    "batch": N_("批次"),
    "certificate": N_("证明"),
    "item": N_("信息项"),
    "field": N_("字段"),
    "relation": N_("关系人"),
    "fact": N_("事实"),
    "matter": N_("事项"),
    "text": N_("文本"),
}
"""What may not be there, as the reader of packages calls it."""
_FIELD = re.compile(r"'(\w+)' (?:is|names|lacks|has|does|needs)\b")
_PARAM = re.compile(r"parameter '(\w+)'|'params' lacks '(\w+)'")


def in_words(problem: Problem) -> Reason:
    """Return where the problem is and what it is; what has no words yet is said as the command line says it."""
    params: dict[str, Param] = {"file": problem.file, "line": problem.line, "what": what(problem)}
    return Reason(N_("%(file)s 第 %(line)s 行：%(what)s。"), params)


def what(problem: Problem) -> Reason:
    """Return what is wrong, without the place."""
    for pattern, words in _SAID:
        found = pattern.fullmatch(problem.message)
        if found:
            said: dict[str, Param] = {name: value for name, value in found.groupdict().items() if value is not None}
            if said.get("what") in _THINGS:
                said["what"] = Reason(_THINGS[str(said["what"])])
            return Reason(words, said)
    return Reason(N_("程序这样说：%(message)s"), {"message": problem.message})


def field_of(problem: Problem) -> str:
    """Return the field a problem is about as the package calls it, ``param_x`` for a parameter; empty where none is named."""
    param = _PARAM.match(problem.message)
    if param:
        return f"param_{param[1] or param[2]}"
    found = _FIELD.match(problem.message)
    return found[1] if found else ""
