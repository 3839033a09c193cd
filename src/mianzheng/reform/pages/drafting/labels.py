"""What columns and keys of the city package are called on the pages."""

from __future__ import annotations

from mianzheng.common.reasons import N_, Reason

LABELS = {
    "code": N_("代码"),
    "name": N_("名称"),
    "name_en": N_("英文名称"),
    "owner": N_("主管部门"),
    "theme": N_("主题"),
    "theme_en": N_("英文主题"),
    "level": N_("办理层级"),
    "channels": N_("办理渠道"),
    "decide_days": N_("决定期限（工作日）"),
    "facts": N_("要查的事实"),
    "bases": N_("法律依据"),
    "keywords": N_("搜索时用的词"),
    "old_codes": N_("并入的事项原来的代码"),
    "source": N_("来源"),
    "summary": N_("一句话说明"),
    "summary_en": N_("英文说明"),
    "grant": N_("由谁作决定"),
    "form": N_("表单"),
    "papers": N_("以前要交的证明"),
    "result": N_("结果"),
    "text": N_("正文"),
    "text_en": N_("英文正文"),
    "remedies": N_("救济途径"),
    "remedies_en": N_("救济途径（英文）"),
    "notice": N_("告知书"),
    "fact": N_("事实"),
    "about": N_("查谁"),
    "params": N_("参数"),
    "why": N_("为什么要查"),
    "why_en": N_("为什么要查（英文）"),
    "basis": N_("依据哪一条"),
    "deadline": N_("部门答复期限（工作日）"),
    "department": N_("可以请部门核查"),
    "commitment": N_("可以签的承诺书"),
    "when": N_("什么时候才查"),
    "field": N_("表单项"),
    "is": N_("填的是"),
    "retained": N_("保留的证明"),
    "type": N_("类型"),
    "required": N_("必填"),
    "choices": N_("选项"),
    "relation": N_("关系人"),
    "min": N_("最小"),
    "max": N_("最大"),
    "help": N_("提示"),
    "help_en": N_("英文提示"),
    "prefill": N_("自动填入"),
    "certificate": N_("证明"),
    "offices": N_("要跑的单位"),
    "trips": N_("要跑的趟数"),
    "question": N_("问法"),
    "question_en": N_("英文问法"),
    "kind": N_("类别"),
    "item": N_("信息项"),
    "where": N_("判定条件"),
    "n": N_("至少几条"),
    "answered_by": N_("由谁答复"),
    "empty": N_("没有关系人时算"),
    "content": N_("证明内容"),
    "demander": N_("索要单位"),
    "demander_kind": N_("索要单位类别"),
    "demander_level": N_("索要单位层级"),
    "issuer": N_("开具单位"),
    "issuer_level": N_("开具单位层级"),
    "purpose": N_("用途"),
    "purpose_en": N_("英文用途"),
    "disposal": N_("处理方式"),
    "batch": N_("批次"),
    "yearly_volume": N_("一年开多少份"),
    "basis_law": N_("设定依据：法律名称"),
    "basis_law_en": N_("设定依据：英文名称"),
    "basis_article": N_("设定依据：条款"),
    "basis_force": N_("设定依据：效力"),
    "basis_source": N_("设定依据：出处"),
    "law": N_("法律名称"),
    "law_en": N_("英文法律名称"),
    "article": N_("条款"),
    "force": N_("效力"),
    "in_force_from": N_("施行日期"),
    "version": N_("版本"),
    "title": N_("标题"),
    "body": N_("正文"),
    "policy": N_("期限和数字"),
    "order": N_("先后"),
}
"""By column of a list or key of a YAML file."""

LEVELS = {"city": N_("市级"), "town": N_("镇街级"), "community": N_("村社级"), "outside": N_("市外")}
CHANNELS = {"online": N_("网上"), "window": N_("窗口"), "agent": N_("村社代办")}
FORCES = {
    "law": N_("法律"),
    "administrative_regulation": N_("行政法规"),
    "local_regulation": N_("地方性法规"),
    "state_council_decision": N_("国务院决定"),
    "departmental_rule": N_("部门规章"),
    "policy": N_("政策文件"),
    "normative_document": N_("规范性文件"),
}
CONTENTS = {
    "legal_fact": N_("法律事实"),
    "relation": N_("法律关系"),
    "qualification": N_("资格、能力"),
    "ownership": N_("权属"),
    "state": N_("其他客观状态"),
}
FORMS = {
    "exists": N_("有一条符合就算"),
    "none": N_("一条符合的都没有才算"),
    "latest": N_("看最新的一条"),
    "at_least": N_("至少几条符合"),
}
TYPES = {
    "text": N_("文字"),
    "integer": N_("整数"),
    "decimal": N_("小数"),
    "boolean": N_("是或否"),
    "date": N_("日期"),
    "month": N_("年月"),
    "code": N_("代码值"),
    "subject": N_("某人某物"),
}
QUESTIONS = {
    "text": N_("一行文字"),
    "longtext": N_("多行文字"),
    "integer": N_("整数"),
    "decimal": N_("小数"),
    "date": N_("日期"),
    "choice": N_("单选"),
    "boolean": N_("勾选"),
    "relative": N_("选一个关系人"),
}
VERDICTS = {"holds": N_("符合"), "fails": N_("不符")}
GRANTS = {"program": N_("都符合时由系统准予，其他由人决定"), "person": N_("由人决定")}
YES = {"yes": N_("是"), "no": N_("否")}
TEXTS = {
    "notice": N_("告知书"),
    "commitment": N_("承诺书"),
    "consent": N_("同意书"),
    "liability": N_("责任条款"),
    "undertaking": N_("不再索要承诺书"),
}


def label(name: str) -> Reason | str:
    """Return what `name` is called, or the name itself."""
    return Reason(LABELS[name]) if name in LABELS else name


def options(names: dict[str, str]) -> tuple[tuple[str, Reason], ...]:
    """Return a fixed list to choose from."""
    return tuple((code, Reason(words)) for code, words in names.items())
