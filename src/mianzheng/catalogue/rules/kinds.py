"""How records decide a fact, and what became of a certificate."""

from __future__ import annotations

from enum import StrEnum

from mianzheng.common.reasons import N_, Reason


class Form(StrEnum):
    """How records decide a fact (see `evidence.rules.forms`)."""

    EXISTS = "exists"
    NONE = "none"
    LATEST = "latest"
    AT_LEAST = "at_least"


class Disposal(StrEnum):
    """What became of a certificate (处理方式)."""

    CANCEL = "cancel"
    EXISTING_DOCUMENT = "existing_document"
    COMMITMENT = "commitment"
    DATA_SHARING = "data_sharing"
    DEPARTMENT_CHECK = "department_check"
    RETAINED = "retained"
    ASKED = "asked"
    """Nothing yet: the reform office has not dealt with it, and it is still asked for."""


DISPOSAL_NAMES = {
    Disposal.CANCEL: Reason(N_("直接取消")),
    Disposal.EXISTING_DOCUMENT: Reason(N_("看已有的证照")),
    Disposal.COMMITMENT: Reason(N_("个人承诺")),
    Disposal.DATA_SHARING: Reason(N_("数据共享")),
    Disposal.DEPARTMENT_CHECK: Reason(N_("部门核查")),
    Disposal.RETAINED: Reason(N_("保留")),
    Disposal.ASKED: Reason(N_("还没有处理")),
}
INSTEAD = {
    Disposal.CANCEL: Reason(N_("什么都不用交，也不用承诺。")),
    Disposal.EXISTING_DOCUMENT: Reason(N_("看已有的证照就够了；有电子证照的由部门自己核对。")),
    Disposal.COMMITMENT: Reason(N_("先由部门核查；您不想等，可以自己选择书面承诺。")),
    Disposal.DATA_SHARING: Reason(N_("办事的部门自己查数据，您不用跑。")),
    Disposal.DEPARTMENT_CHECK: Reason(N_("办事的部门去问知情的部门，您不用跑。")),
    Disposal.RETAINED: Reason(N_("眼下还要交：要它的单位不归本市管，或者法律明文要求。")),
    Disposal.ASKED: Reason(N_("还没有清理到，眼下还要交。")),
}
"""What is done instead, to whoever is asked for the paper."""
LEVEL_NAMES = {
    "town": Reason(N_("镇街")),
    "community": Reason(N_("村、社区")),
    "employer": Reason(N_("用人单位")),
    "outside": Reason(N_("市外单位")),
}
"""Who makes out a certificate, where no single office is named."""
DEMANDER_NAMES = {
    "organ": Reason(N_("政府部门")),
    "public_body": Reason(N_("公共服务机构")),
    "finance": Reason(N_("银行、保险")),
    "outside": Reason(N_("市外单位")),
}
"""Kinds of those who ask for a certificate."""
WAY_OF = {
    Disposal.EXISTING_DOCUMENT: "document",
    Disposal.COMMITMENT: "commitment",
    Disposal.DATA_SHARING: "data",
    Disposal.DEPARTMENT_CHECK: "department",
    Disposal.RETAINED: "certificate",
    Disposal.ASKED: "certificate",
}
"""The way by which the fact is settled instead; a cancelled one needs none."""
