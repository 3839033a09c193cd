"""What a paper on a list is: a certificate (证明), or one of the papers that are none and stay out of the reform.

Jinhua (2019): a certificate is a stamped paper the applicant does not hold, made out by an authority for one matter. Licences
and identity documents (证照), approval forms (审核材料), court and notary documents (司法文书) are not; nor are contracts and
vouchers, which show a fact already (优化营商环境条例 第四十四条). Told by the head word of the name and by who makes the paper
out, never by a list of names. A person decides.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from mianzheng.common.reasons import N_, Reason
from mianzheng.reform.rules.meanings import meaning, plain


class Paper(StrEnum):
    """What a paper is."""

    CERTIFICATE = "certificate"  # 证明
    LICENCE = "licence"  # 证照：本人持有
    FORM = "form"  # 审核材料：本人填写
    COURT = "court"  # 司法文书、公证文书
    CONTRACT = "contract"  # 合同、票据、凭证
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Recognised:
    """What a paper is taken for, why, and how sure that is (0 to 1)."""

    kind: Paper
    reason: Reason
    confidence: float


def _ends(words: str, but: str = "") -> re.Pattern[str]:
    """Return a pattern of names that end in one of `words`, and not in one of `but`."""
    spoken = "|".join(map(re.escape, words.split()))
    return re.compile((f"(?<!{')(?<!'.join(but.split())})" if but else "") + f"(?:{spoken})$")


# Head words, in this order. Courts: 民事诉讼法, 刑事诉讼法, 公证法, 监狱法; forms: 行政许可法 29, 31; vouchers: 会计法 14, 发票管理办法.
_HEADS: tuple[tuple[Paper, re.Pattern[str]], ...] = (
    (Paper.COURT, _ends("判决书 裁定书 调解书 裁决书 起诉书 起诉决定书 公证书 公证文书 司法鉴定书 司法鉴定意见书 法律文书 裁判文书 司法文书 执行通知书 执行证书 支付令 公证 判决 裁定 裁决")),
    (Paper.COURT, re.compile(r"(?:释放|戒毒|刑满)证明书?$")),
    (Paper.CONTRACT, _ends("合同 合同书 协议 协议书 契约 发票 收据 票据 单据 凭证 凭据 保险单 保单 存单 存折 账单 缴费单 汇款单 收款单 缴款书 流水 流水单 流水清单 费用清单 明细单 借条 欠条 收条 小票 出资证明书 股票 债券")),
    (Paper.FORM, _ends("申请 申请单 申请书 申请报告 申报书 登记单 承诺 承诺书 保证书 声明 声明书 委托书 授权书 志愿书 决议 章程 方案 计划 计划书 预案 简历 自荐书 审批意见 审核意见 名单 花名册")),
    (Paper.FORM, _ends("表 书面报告", but="代 水 电 仪")),
    (Paper.CERTIFICATE, _ends("证明 证明书 证明信 证明函 证明单 证明材料 证明文件 介绍信 说明 说明书 情况函 同意函 函 鉴定 意见 意见书")),
    (Paper.LICENCE, _ends("证书 证件 证照 执照 护照 牌照 户口簿 户口本 户口册 簿 卡 许可 许可文件 批文 批复 批准书 批准文件 核准书 签证 通行证 居留许可 居留证件")),
    (Paper.LICENCE, _ends("证", but="保 查 验 论 认 公 佐 举 见 求 凭")),
)  # fmt: skip
_SURE = 0.95
_OFTEN_MADE_OUT = ("凭证", "凭据")
"""Heads that offices also use for certificates."""

_ABOUT_COPIES = re.compile(
    r"(?:[、及和与或]*(?:原件|正本|副本|复印件|影印件|扫描件|照片|电子版|复本)(?:各?[一二两三\d]份)?"
    r"|\((?:[^()]|\([^()]*\))*\)|的?(?:开具|出具|办理|补办|首次签发|签发|查询|打印|提供)|[一二两三\d]份|[。；;,，])+$"
)
_BY = re.compile(r"^(?P<maker>.{2,24}?)(?:依法)?(?:出具|开具|作出|制作|制发|签发|核发|颁发|发放|签注|验讫)的(?=.{2})")
_COURT = re.compile(r"法院|检察院|法庭|公证处|公证机构|公证机关|公证部门|仲裁委|仲裁院|仲裁机构|监狱|看守所")
_OPENS_WITH_COURT = re.compile(r"^(?:最高|高级|中级|基层|地方|各级)?(?:人民)?(?:法院|检察院)(?!工作|职工|干|录)")
_OF_NOTARY = re.compile(r"(?:的|^)公证证明(?:书|文件|材料)?$|(?:经|过)公证的|^公证的(?!用)")
_APPLICANT = re.compile(
    r"^(?:由)?(?:申请人?|本人|个人|当事人|经营者|自行|自己|申报人|承诺人|声明人|业主本人)(?:自行)?(?:提供|出具|填写|书写|承诺)?$"
)
_WRITTEN_BY_ONESELF = re.compile(r"^(?:本人|个人|自书|自述|自我)")
_MEMBERS = re.compile(r"以及|或者|及其|及|和|与|或|、")
_AMONG = re.compile(r"^(?P<named>.{2,})等(?:的|有关|相关|有效|合法|其他)*证明(?:材料|文件)?$")
_AFTER_DASH = re.compile(r"[—-]+(?P<paper>[^—-]{2,})$")
_TITLED = re.compile(r"^《(?P<paper>[^《》]+)》$")

# What an office hands over as the outcome of a permit, registration or filing stays with whom it concerns.
# 行政许可法 39, 不动产登记暂行条例 21, 船舶登记条例, 海关法.
_PERMIT = re.compile(
    r"(?:许可|准许|特许|核准|审批|批准(?!(?:退|离|入|迁|休|转))|允许(?:进口|出口|进出口|入境|出境)|配额|进出境|(?<=材料)[进出]境|(?:职业|执业|从业|专业技术)资格|信使|预售许可"
    r"|(?:不动产|产权|抵押权?|船舶|航空器|租赁|机动车|税务|市场主体|商标|专利|著作权|商品)(?:所有权|权利|权|国籍)?(?:预告|注销|变更|转移)?(?:登记|注册|备案|注销)(?:注销)?)$"
)  # fmt: skip
_WORDS_OF_PROOF = re.compile(r"(?:的|有关|相关|有效|合法)*证明(?:书|信|函|单|材料|文件)?$")
_IDENTITY = re.compile(r"(?:^|.*的|.*人)(?:有效|合法)?身份$")
_NOT_HELD = re.compile(r"法定代表人|负责人身份|信息")
_VAGUE = re.compile(
    r"(?:条件|手续|事项|要求|资料|必要|规定|符合|地|权|书|了|人|方法|内容|充分|补充|提供|附送?|随附|保存|没有|于|年度|机构|管理部门|部门"
    r"|主管|机关|人民政府|政府|济|他|关|一切|各种|各类|直至|所需|应有|全部|原始|附有)*"
)  # fmt: skip


@lru_cache(maxsize=50_000)
def what_it_is(name: str, purpose: str = "", issuer: str = "") -> Recognised:
    """Tell what the paper `name` is; `issuer` is who makes it out, as the list writes it; the purpose counts
    only for materials without a name of their own.
    """
    text = plain(name)
    bare = _ABOUT_COPIES.sub("", text) or text
    if titled := _TITLED.match(bare):
        return Recognised(
            Paper.LICENCE, Reason(N_("《%(paper)s》是有法定式样的文书，由本人持有。"), {"paper": titled["paper"]}), 0.6
        )
    maker, bare = _made_out_by(bare)
    office = _COURT.search(maker) or _COURT.search(issuer)
    if office or _OPENS_WITH_COURT.search(bare) or _OF_NOTARY.search(bare):
        return _of_court(office[0] if office else "", bare)
    if dash := _AFTER_DASH.search(bare):
        behind = _by_head(dash["paper"])
        if behind is not None and behind.kind is not Paper.CERTIFICATE:
            return Recognised(behind.kind, behind.reason, 0.7)
    if by_applicant(issuer) or (_WRITTEN_BY_ONESELF.search(bare) and bare.endswith(("说明", "报告", "材料"))):
        return Recognised(Paper.FORM, Reason(N_("由申请人自己写或者自己提供，不是别的单位开具的。")), 0.8)
    found = _by_members(bare) or _by_head(bare)
    if found is None:
        return _without_head(bare, purpose)
    return _proof(bare, plain(issuer)) if found.kind is Paper.CERTIFICATE else found


def by_applicant(issuer: str) -> bool:
    """Tell whether `issuer`, as a list writes it, is whoever applies."""
    return _APPLICANT.search(plain(issuer)) is not None


def _made_out_by(bare: str) -> tuple[str, str]:
    """Split a name like 某某局出具的某某证明 into who made it out and the rest; a name without it stays whole."""
    said = _BY.match(bare)
    return (said["maker"], bare[said.end() :]) if said else ("", bare)


def _of_court(office: str, bare: str) -> Recognised:
    if office:
        return Recognised(
            Paper.COURT, Reason(N_("由%(office)s作出，属于司法文书或者公证文书。"), {"office": office}), 0.85
        )
    return Recognised(Paper.COURT, Reason(N_("“%(name)s”属于司法文书或者公证文书。"), {"name": bare}), 0.85)


_WHY = {
    Paper.COURT: N_("以“%(head)s”结尾，属于司法文书或者公证文书。"),
    Paper.CONTRACT: N_("以“%(head)s”结尾，是合同、票据或者凭证，本身就能说明事实。"),
    Paper.FORM: N_("以“%(head)s”结尾，由申请人填写或者书写，属于审核材料。"),
    Paper.CERTIFICATE: N_("以“%(head)s”结尾，由别的单位为这件事开具。"),
    Paper.LICENCE: N_("以“%(head)s”结尾，是本人持有的证照。"),
}


def _by_head(bare: str) -> Recognised | None:
    for kind, pattern in _HEADS:
        if head := pattern.search(bare):
            return Recognised(kind, Reason(_WHY[kind], {"head": head[0]}), 0.7 if head[0] in _OFTEN_MADE_OUT else _SURE)
    return None


def _by_members(bare: str) -> Recognised | None:
    """Recognise several papers under one name (购房合同及发票); a certificate among them makes it one to look at."""
    parts = [part for part in _MEMBERS.split(bare) if part]
    found = [each for each in map(_by_head, parts) if each is not None]
    certificates = [each for each in found if each.kind is Paper.CERTIFICATE]
    if len(parts) < 2 or (len(found) < 2 and not (certificates and _by_head(bare) is None)):
        return None
    chosen = (certificates or found)[-1]
    alike = len(found) == len(parts) and len({each.kind for each in found}) == 1
    return chosen if alike else Recognised(chosen.kind, chosen.reason, 0.7)


def _proof(bare: str, issuer: str) -> Recognised:
    """Tell a certificate from the outcome of a permit or registration and from an identity document, which people hold."""
    if among := _AMONG.match(bare):
        named = _by_head(among["named"])
        if named is not None and named.kind is not Paper.CERTIFICATE:
            return Recognised(named.kind, named.reason, 0.7)
    states = _WORDS_OF_PROOF.sub("", bare)
    if states != bare and (outcome := _PERMIT.search(states)):
        words = N_("“%(what)s”办成后由机关发给本人，本人持有。")
        return Recognised(Paper.LICENCE, Reason(words, {"what": outcome[0]}), 0.75)
    if not issuer and _IDENTITY.match(states) and not _NOT_HELD.search(states):
        return Recognised(Paper.LICENCE, Reason(N_("没有说由谁开具的“身份证明”，就是本人的身份证件。")), 0.6)
    if states != bare and _says_nothing(states):
        return Recognised(Paper.UNCLEAR, Reason(N_("名称没有说证明什么。")), 0.7)
    head = next(pattern.search(bare) for kind, pattern in _HEADS if kind is Paper.CERTIFICATE)
    sure = _SURE if states != bare else 0.7
    return Recognised(Paper.CERTIFICATE, Reason(_WHY[Paper.CERTIFICATE], {"head": head[0] if head else ""}), sure)


def _says_nothing(states: str) -> bool:
    read = meaning(states)
    return not read.states and "关系" not in states and _VAGUE.fullmatch(read.rest) is not None


_HANDED_IN = re.compile(r"核发|申请|申报|变更|延期|换发|新办|备案|审批|许可|报送|注册")


def _without_head(bare: str, purpose: str) -> Recognised:
    if bare.endswith(("材料", "资料")) and _HANDED_IN.search(bare + purpose):
        return Recognised(Paper.FORM, Reason(N_("是办理时报送的材料，不是别的单位开具的。")), 0.7)
    return Recognised(Paper.UNCLEAR, Reason(N_("从名称看不出是什么材料，请人工判断。")), 0.5)
