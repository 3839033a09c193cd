"""Words of the field: what certificates (证明) state, about whom, and words around it that state nothing.

Words of a fact, never names of certificates. They come from the laws and forms the facts live in, named above each part,
and from the ways clerks write them. A concept's words mean the same paper; what is merely near stands in `NEAR`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mianzheng.common.texts import Text


class Holder(StrEnum):
    """Whom or what a certificate is about. A person is what nobody needs to say."""

    PERSON = "person"
    HOUSEHOLD = "household"
    EMPLOYER = "employer"


@dataclass(frozen=True, slots=True)
class Concept:
    """What may be stated. `usual` is the answer an open question (有无, 是否) expects: -1 for "there is none", 0 for either;
    `assumed`: the bare word (犯罪记录证明) is such a question already.

    `aside`: whoever the words beside it name has this paper alike (被保险人死亡, 产妇婚姻), so unknown words count little.
    `any_holder`: household, person and organisation do not divide it.
    """

    code: str
    name: Text
    words: tuple[str, ...]
    usual: int = 1
    assumed: bool = False
    aside: bool = False
    any_holder: bool = False


HOLDERS: dict[Holder, tuple[Text, tuple[str, ...]]] = {
    Holder.PERSON: (Text("个人", "a person"), ()),
    Holder.HOUSEHOLD: (Text("家庭", "a household"), ("家庭", "全家", "全户")),
    Holder.EMPLOYER: (Text("单位", "an organisation"), ("企业", "公司", "用人单位", "单位", "法人", "个体工商户")),
}

NOT = ("没有", "未曾", "未受过", "未受", "未", "无", "不", "非", "尚未", "从未")
OPEN = ("有无", "是否", "（无）", "(无)", "有否", "有没有")
"""Open questions: the paper answers them as it usually does."""

# Words around a fact: who demands or makes out the paper, that it is one, for where. 国办发〔2018〕47号 and offices' lists.
FILLER = tuple(
    """
    证明材料 证明文件 证明书 证明信 证明函 证明 材料 文件 凭证 凭据 说明 证书 证件 书面 情况 状况 事实 有关 相关 有效 其他 其它 合法有效 等
    的 与 和 或者 或 及 以及 开具 出具 核发 颁发 签发 统一 制发 提供 公证用 公证 查询打印 打印 查询 村居 社区 村委会 居委会 居民委员会 村民委员会 居民 村民
    公民 本人 本人的 个人 本辖区 本地 辖区 在 我 市外 本市 户籍地 现户籍所在地 户籍所在地 所在地 享受 出国境 公安机关 派出所 民政部门 单位开具 关系 见证 声明 书 原件 复印件 有 内容 项目 申请 依法
    实际 首次签发 使用 信息 受过 受 具有 持有 馆认证 使领馆 认证 新 合法 标准 符合 规定 证 由 系 属 关于 记录 结果 报告 近期 当前 目前 现 仍 尚 已 经 一份 加盖公章 审核 核实 确认
    """.split()
)

# Roles in which a person holds a paper: 民法典, 保险法, 行政许可法, offices' lists.
ROLES = tuple(
    """
    申请人 当事人 代理人 代办人 经办人 办理人 受托人 委托人 投资人 持证人 存款人 被保险人 投保人 受益人 被收养人 收养人 送养人 被继承人 继承人 共同借款人 借款人
    担保人 患者 产妇 孕妇 新成员 成员 股东 合伙人 负责人 当事人双方 双方 子女 子女的 配偶 父母 生父母 亲生父母 父亲 母亲 儿童 新生儿 婴儿 学龄儿童 老年人 老人 未成年人
    职工 员工 从业人员 工作人员 流动人口 外来人员 外来务工人员 人员 华侨 学生 大学生 军人 业主 购房人 房主 户主 本户 驾驶员 船员 被害人 受害人 死者 离退休人员 毕业生 劳动者 承租人 出租人 被抚养人 参保人 参保人员 纳税人 家长 学员 教师 农民 农民工 农村居民
    城镇居民 外地人 创业人员 求职者 亡者 逝者 遗属 亲友 旅客 考生 新生 幼儿 适龄儿童 小学生 中学生 高中生 投标人 驾驶人 车主 死亡职工 单位职工 就业人员 申请者 学生本人
    """.split()
)


def _c(
    code: str,
    zh: str,
    en: str,
    words: str,
    *,
    usual: int = 1,
    assumed: bool = False,
    aside: bool = False,
    any_holder: bool = False,
) -> Concept:
    return Concept(code, Text(zh, en), tuple(words.split()), usual, assumed, aside, any_holder)


_IN_HARDSHIP = "家庭经济困难 经济困难 家庭困难 家庭贫困 贫困 困难 特困 家境困难 生活困难"
_STUDENTS = "学生 大学生 高校学生 新生 高中生 中学生 在校学生 贫困生 学生家庭"

CONCEPTS: tuple[Concept, ...] = (
    # Being alive and dying: 民法典 13–49, 殡葬管理条例, 社会保险法; pension offices' forms.
    _c("alive", "健在", "being alive", "健在 生存认证 生存 存活 活着 还活着 在世 尚在 尚存 仍健在 尚健在 领取资格认证 待遇资格认证 在世情况", aside=True),
    _c("death", "死亡", "death", "死亡医学 死亡 身故 已故 去世 亡故 逝世 过世 正常死亡 病故 因病死亡 死亡登记 死亡注销 死亡事实", aside=True),
    _c("unnatural-death", "非正常死亡", "an unnatural death", "非正常死亡 意外死亡 不正常死亡", aside=True),
    _c("declared-dead", "宣告死亡", "a declaration of death", "宣告死亡"),
    _c("missing", "失踪", "being missing", "宣告失踪 失踪 下落不明"),
    _c("cremation", "火化", "cremation", "火化 骨灰 遗体火化"),
    # Birth and children: 母婴保健法 23, 人口与计划生育法.
    _c("birth", "出生", "birth", "出生医学 出生 出生登记 出生医学记录", aside=True),
    _c("birth-date", "出生日期", "the date of birth", "出生日期 出生年月 年龄", aside=True),
    _c("births", "生育", "births", "生育 生育子女 子女生育 子女情况 子女状况 生育史 生育登记"),
    _c("marriage-births", "婚育", "marriage and births", "婚育 婚姻生育 婚姻和生育"),
    _c("family-planning", "计划生育", "family planning", "计划生育 计生"),
    _c("only-child", "独生子女", "an only child", "独生子女 独生 独生子 独生女 独生子女父母 只有一个子女 仅有一个子女 一孩"),
    # Marriage: 民法典 1040–1092, 婚姻登记条例.
    _c("marriage", "婚姻", "marriage", "婚姻关系 婚姻 结婚 结婚证 夫妻关系 夫妻 已婚 夫妻关系存续 配偶关系 结婚登记 婚配", aside=True),
    _c("marital-status", "婚姻状况", "marital status", "婚姻状况 婚姻情况 婚姻状态", aside=True),
    _c("single", "无配偶", "having no spouse", "单身 无配偶 没有配偶 未再婚 独身 无婚姻关系 尚无配偶 未有配偶", aside=True),
    _c("never-married", "未婚", "never having married", "未婚 未曾结婚 未结婚 未登记结婚 无婚史", aside=True),
    _c("divorce", "离婚", "divorce", "离婚 离异 离婚证", aside=True),
    _c("widowed", "丧偶", "being widowed", "丧偶", aside=True),
    _c("marriage-record", "婚姻登记记录", "the record of marriages", "婚姻登记记录 婚姻登记档案 婚姻登记", usual=0, assumed=True, aside=True),
    # Conduct: 刑法, 治安管理处罚法, 公安机关办理犯罪记录查询工作规定 (2021), 征兵政治考核规定.
    _c("crime", "犯罪记录", "a criminal record", "犯罪记录 违法犯罪记录 违法犯罪 刑事犯罪 刑事处罚 刑事处分 犯罪 犯罪前科 刑事记录 前科 犯罪情况 刑罚 案底 违法犯罪行为 犯罪行为 违法犯罪经历 犯罪经历 刑事犯罪记录 刑事案件记录 刑事责任", usual=-1, assumed=True, aside=True),
    _c("bribery", "行贿", "bribery", "行贿", usual=-1, assumed=True),
    _c("traffic-crime", "交通肇事", "a traffic crime", "交通肇事 危险驾驶", usual=-1, assumed=True),
    _c("drugs", "吸毒", "drug use", "吸毒 涉毒 吸毒记录", usual=-1, assumed=True),
    _c("breach", "违法违规", "breaches of the law", "违法违规 违法违纪 违法 违规 违纪 行政处罚 重大违法", usual=-1, assumed=True),
    _c("bad-conduct", "不良行为", "bad conduct", "不良行为 不良记录 劣迹", usual=-1, assumed=True),
    _c("conduct", "思想品德", "moral conduct", "思想品德 品德 品行 操行 道德品行 现实表现 品行端正"),
    _c("vetting", "政治审查", "vetting", "政治审查 政治考核 政审 政治表现 政审合格 政治历史"),
    # Homes and premises: 民法典 209–365, 不动产登记暂行条例, 公共租赁住房管理办法, 市场主体登记管理条例.
    _c("home", "住房", "a home", "住房 住宅 自有住房 有房 房子 居住用房", usual=-1),
    _c("no-home", "无房", "having no home", "无房 无住房 无自有住房 没有住房 无房屋 无房产 无自有房产 名下无房 名下无房产 未购房 无房户 没有房产 没有房屋 无产权住房 无私房 无私有住房 未拥有住房 无任何房产 没有自有住房 无自有产权住房 名下没有住房"),
    _c("home-title", "房屋产权", "title to a home", "房屋产权 房屋权属 房屋所有权 房屋所有 不动产权 不动产权属 不动产 房产 房产证 住房产权 产权 房产情况 房屋产权登记 房产权属 产权归属 房产归属 房屋权利 自有房屋 拥有房产 房屋产权归属 不动产登记 房屋登记 产权证 不动产权证"),
    _c("title", "权属", "title", "权属 所有权"),
    _c("homes-counted", "住房套数", "the number of homes", "住房套数 房屋套数 家庭住房套数"),
    _c("first-home", "首次购房", "a first home", "首次购房 首套房 首套住房"),
    _c("housing-hardship", "住房困难", "hardship of housing", "住房困难 居住困难"),
    _c("public-rental", "公共租赁住房", "public rental housing", "公共租赁住房 公租房 廉租房 廉租住房", any_holder=True),
    _c("affordable", "经济适用住房", "affordable housing", "经济适用住房 经济适用房 经适房", any_holder=True),
    _c("unsafe-home", "危险房屋", "an unsafe home", "危险房屋 危房", any_holder=True),
    _c("lease", "房屋租赁", "a lease", "房屋租赁 租赁合同 租赁 租房 租赁备案"),
    _c("residence", "居住", "living somewhere", "居住 固定住所 稳定住所 合法稳定住所 居住地 实际居住 常住 常年居住 长期居住 异地居住 租住 居住或租住 居（租）住 居租住 暂住 居所 现居住 常住户 居住年限 现居住地 居住地址", aside=True),
    _c("lodging", "住宿", "lodging", "住宿"),
    _c("residence-registration", "居住登记", "a registered residence", "居住登记 暂住登记 流动人口登记"),
    _c("lodging-registration", "住宿登记", "a registered lodging", "住宿登记 临时住宿登记"),
    _c("residence-permit", "居住证", "a residence permit", "居住证 暂住证"),
    _c("premises", "经营场所", "premises for a business", "经营场所使用 经营场所 经营场地使用 经营场地 营业场所 营业用房 经营用房 住所使用 住所 场所使用 场地使用 场所 场地 住所或经营场所 办公场所 市场主体住所 企业住所 公司住所 店面 营业场地 经营地址 办公场地 店铺 房屋使用 生产经营场所 办学场所 经营用房使用 经营房屋 场所使用权 场地使用权", aside=True, any_holder=True),
    _c("storage", "仓储", "storage", "仓储 仓库 储存"),
    _c("event", "临时活动", "an event", "临时演出 演出 活动"),
    _c("to-business", "住改商", "a home used for business", "住宅改经营性用房 住改商 住宅改变为经营性用房 住改非 用于经营"),
    _c("door-number", "门牌", "a door number", "门牌 门牌号 门牌号码 门牌变更 地名变更 地址变更"),
    _c("address-mismatch", "地址不一致", "addresses that differ", "地址不一致 地址不符 登记地址不一致 住址不一致"),
    _c("address", "住址", "an address", "住址 地址 家庭住址 家庭地址 户籍地址 现住址"),
    # Work and money: 劳动合同法, 就业促进法, 社会保险法, 社会救助暂行办法, 税收征收管理法.
    _c("job", "就业", "having work", "就业 工作 正式工作 工作单位 正式工作单位 在职 在岗 务工 务工就业 任职 职业 在职在岗 从业 受雇 工作情况 用工 录用"),
    _c("no-job", "无业", "having no work", "无业 待业 失业 无工作 无工作单位 无正式工作单位 无固定工作 无职业 未就业 未就业在家 下岗 没有工作 无固定职业 未参加工作 无业人员 待岗 没有就业 失业人员 无工作情况 没有固定工作 未工作 下岗失业"),
    _c("unemployment-registered", "失业登记", "registered unemployment", "失业登记 登记失业 下岗失业证 失业证 就业失业登记 失业人员登记 下岗证"),
    _c("flexible", "灵活就业", "flexible work", "灵活就业"),
    _c("self-employed", "自主创业", "own business", "自主创业 创业"),
    _c("labour-relation", "劳动关系", "an employment relationship", "劳动关系 劳动合同 聘用合同 用工关系 劳动用工 劳动聘用 聘用 聘用关系 雇佣关系"),
    _c("job-ended", "解除劳动关系", "the end of an employment", "解除劳动关系 解除劳动合同 终止劳动合同 终止劳动关系 解除或者终止劳动合同 解除或终止劳动合同 解除终止劳动合同 离职 辞职 辞退 解除聘用合同 解聘"),
    _c("work-history", "工作经历", "work history", "工作经历 从业经历 工作年限 从业年限 工龄"),
    _c("internship", "实习", "an internship", "实习 实习经历"),
    _c("retired", "退休", "being retired", "退休 离退休"),
    _c("hard-to-employ", "就业困难", "hardship of employment", "就业困难 就业困难人员"),
    _c("income", "收入", "income", "收入 经济收入 工资收入 工资 薪资 薪酬 年收入 月收入 月薪 薪金 收入来源 人均收入 工资待遇 劳动收入"),
    _c("low-income", "低收入", "low income", "低收入 最低生活保障边缘 低保边缘"),
    _c("livelihood", "生活来源", "means of living", "生活来源 经济来源 固定收入来源", usual=-1),
    _c("assets", "财产", "assets", "财产 资产 财产状况"),
    _c("economy", "经济状况", "economic circumstances", "经济状况 经济情况 经济条件"),
    _c("hardship", "经济困难", "hardship", "经济困难 生活困难 困难 贫困 特困 家境困难 生活贫困 经济困难标准 遭遇困难 家庭困难 家庭经济困难 家庭贫困 家庭生活困难 特困人员 贫困户 建档立卡 特殊困难 困境 家境贫困", any_holder=True),
    _c("poor-student", "困难学生", "a student in hardship", "贫困生 特困生 " + " ".join(h + s + " " + s + h for h in _IN_HARDSHIP.split() for s in _STUDENTS.split()), any_holder=True),
    _c("student-loan", "助学贷款", "a student loan", "助学贷款"),
    _c("minimum-living", "最低生活保障", "minimum living support", "最低生活保障 低保对象 低保户 低保 享受低保 享受最低生活保障 低保家庭", any_holder=True),
    _c("insured", "参保", "social insurance", "社会保险参保 参保缴费 参保 缴纳社会保险 社会保险缴纳 社会保险缴费 社会保险 社保缴纳 社保缴费 社保 缴纳社保 投保社会保险 社会保障 社会保险参保缴费 社保参保 参加社会保险 社会保险费缴纳 缴费记录 社会保险关系"),
    _c("pension-insurance", "养老保险", "pension insurance", "养老保险 养老金"),
    _c("medical-insurance", "医疗保险", "medical insurance", "医疗保险 医保 新农合"),
    _c("housing-fund", "住房公积金", "the housing fund", "住房公积金 公积金"),
    _c("tax-paid", "完税", "taxes paid", "完税 税收完税 纳税 缴税 已缴税 缴纳税款 税款缴纳 纳税完税", any_holder=True),
    _c("tax-cleared", "清税", "taxes settled", "清税 税款结清 结清税款", any_holder=True),
    _c("tax-owed", "欠税", "taxes owed", "欠税 欠缴税款", usual=-1, assumed=True, any_holder=True),
    _c("tax-relief", "减免税", "tax relief", "减免税 减税 免税 税收减免"),
    _c("loan", "贷款", "a loan", "贷款 借款"),
    _c("deposit", "存款", "deposits", "存款 银行存款"),
    # School: 义务教育法, 学籍管理办法.
    _c("enrolled", "在读", "being at school", "在校就读 就读学校 在读学籍 在读 在校 就读 在学 学籍 就学 上学 在校学习 在籍 在校生 在校学生 学生在校 在园 入学 在校情况 在学情况 学生身份 学籍信息"),
    _c("transfer", "转学", "a change of school", "转学"),
    _c("suspended", "休学", "a leave from school", "休学 缓学"),
    _c("education", "学历", "education", "学历 文化程度 教育程度 受教育程度 毕业 毕业证 最高学历 受教育 学历学位 毕业生"),
    _c("degree", "学位", "a degree", "学位"),
    # Persons and kin: 居民身份证法, 户口登记条例, 民法典 26–39, 1093–1118, 退役军人保障法, 残疾人保障法.
    _c("identity", "身份", "identity", "身份 身份证 居民身份证 临时身份 临时身份证", aside=True),
    _c("legal-representative", "法定代表人", "the legal representative", "法定代表人 法人代表"),
    _c("same-person", "同一人", "being one person", "同一人 系同一人 同名同人 身份证号码变更 身份信息不一致 姓名不一致 姓名不符"),
    _c("former-name", "曾用名", "a former name", "曾用名 更名 改名 姓名变更 姓名更正 姓名更改 姓名变更更正"),
    _c("household-registration", "户籍", "household registration", "户籍登记 户籍 户口登记 户口 户口簿 户口本 户籍信息 户口信息 常住户口", aside=True),
    _c("registration-changed", "户口变更", "a changed registration", "户口登记项目变更 户口登记项目内容变更 户口登记项目变更更正 户口登记项目内容变更更正 户籍变更 户口变更 户口登记变更 更正 户口更正"),
    _c("registration-cancelled", "注销户口", "a cancelled registration", "注销户口 户口注销 注销户籍 户籍注销 户口已注销", aside=True),
    _c("household-split", "分户", "a split of a household", "户籍分户 户口分户 分户"),
    _c("household-move", "户口迁移", "a move of registration", "户口迁移 户籍迁移 迁移 迁入 迁出 准予迁入 户口迁入 户口迁出 落户 迁户 准迁"),
    _c("joining", "投靠", "joining a household", "户口投靠 投靠 投靠落户"),
    _c("members", "家庭成员信息", "members of a household", "家庭成员信息 家庭人口 家庭成员情况"),
    _c("kin", "亲属关系", "kinship", "亲属关系 亲属 近亲属 家庭关系 家庭成员关系 亲戚 直系亲属 血缘 亲缘 家庭成员 直系亲属关系 家属关系 亲属身份 家属 法定继承人关系 近亲属关系 三代亲属", aside=True),
    _c("parent-child", "亲子关系", "parent and child", "亲子 父母子女关系 父子关系 母子关系 父女关系 亲子鉴定 父母与子女关系 父子 母子 父女 母女"),
    _c("guardian", "监护", "guardianship", "监护关系 监护 监护人 监护权 监护人身份 监护人资格", aside=True),
    _c("raising", "抚养", "raising a child", "抚养 抚养关系 扶养"),
    _c("supporting", "赡养", "supporting a parent", "赡养 赡养关系"),
    _c("adoption", "收养", "adoption", "收养 收养关系 收养登记"),
    _c("inheritance", "继承", "inheritance", "继承 继承权"),
    _c("orphan", "孤儿", "being an orphan", "孤儿 弃婴"),
    _c("veteran", "退役", "military service ended", "退役 退伍 复员 退出现役 退伍证 退役证 退役军人身份 退役军人 退伍军人 转业 服役"),
    _c("disability", "残疾", "disability", "残疾等级 残疾 残疾人 残疾证 残疾程度 伤残", aside=True),
    # Health: 传染病防治法, 食品安全法 45, 疫苗管理法, 动物防疫法.
    _c("health", "健康", "health", "健康 身体健康 健康合格 身体状况", aside=True),
    _c("examination", "体检", "a medical examination", "健康检查 身体健康检查 身体检查 体检 体格检查 健康体检 体检合格 身体检查合格 体格检查合格 健康检查合格", aside=True),
    _c("diagnosis", "诊断", "a diagnosis", "疾病诊断 诊断 病情诊断 医疗诊断", aside=True),
    _c("illness", "疾病", "an illness", "疾病 病情 患病 大病 重病 重大疾病 患病情况 病历"),
    _c("vaccination", "免疫", "vaccination", "预防接种 免疫接种 免疫 接种 疫苗接种"),
    _c("work-injury", "工伤", "an injury at work", "工伤"),
    # Companies and papers: 市场主体登记管理条例; acts on a permit: 行政许可法 (变更, 延续, 注销).
    _c("registered-company", "企业登记", "a registered company", "企业登记 注册登记 工商登记 市场主体登记 企业注册登记 工商注册 登记注册 营业执照 企业注册 个体工商户登记 经营主体登记 主体登记 工商注册登记 企业登记信息", any_holder=True),
    _c("standing", "主体资格", "legal standing", "主体资格 市场主体资格 法人资格 企业资格", any_holder=True),
    _c("company-file", "企业档案", "a company's file", "企业档案 工商档案 企业登记档案 工商登记档案 登记档案"),
    _c("lost", "遗失", "a lost paper", "遗失 丢失 灭失 挂失 损毁"),
    _c("bill", "票据", "a bill", "票据 发票 收据 缴费"),
    _c("change", "变更", "a change", "变更 改变"),
    _c("extend", "延期", "an extension", "延期 延续"),
    _c("cancel", "注销", "a cancellation", "注销 撤销 吊销"),
    _c("file", "备案", "a filing", "备案"),
    _c("exempt", "免予", "an exemption", "免予 豁免 免于"),
    _c("approve", "批准", "an approval", "批准 核准 准予"),
    # Goods: 产品质量法 27, 进出境动植物检疫法, 森林法.
    _c("import", "进口", "import", "进口 入境"),
    _c("export", "出口", "export", "出口 出境"),
    _c("trade", "进出口", "import and export", "进出口 进口出口"),
    _c("conforming", "合格", "conformity", "合格"),
    _c("leaves-factory", "出厂", "leaving the factory", "出厂"),
    _c("disinfected", "消毒", "disinfection", "消毒"),
    _c("quarantine", "检疫", "quarantine", "检疫"),
    _c("inspection", "检验", "inspection", "检验 检测 自检"),
    _c("lawful-source", "合法来源", "a lawful source", "合法来源 来源合法"),
    _c("source", "来源", "a source", "来源"),
    # Events: 道路交通安全法 73, 自然灾害救助条例.
    _c("accident", "交通事故", "a traffic accident", "交通事故 被车撞伤 车祸 道路交通事故"),
    _c("disaster", "受灾", "a disaster", "受灾 灾害 自然灾害 灾情"),
    _c("fire", "火灾", "a fire", "火灾"),
    _c("land-lost", "被征地", "lost land", "被征地 失地 征地 土地被征收 土地征收 承包地被征收"),
    _c("farmland", "承包土地", "farmland", "土地承包 承包地 承包土地 耕地 承包经营"),
    _c("homestead", "宅基地", "a homestead", "宅基地"),
    _c("personnel-file", "档案", "a personnel file", "人事档案 个人档案 档案"),
    _c("foreign", "外国人", "being a foreigner", "外国人 外籍 境外人员"),
    _c("guarantee", "担保", "a guarantee", "担保 保证"),
)  # fmt: skip

NEAR: tuple[tuple[str, str, float], ...] = (
    # Not one word, but usually one paper: the wording of the statutes differs, what is looked up does not.
    ("marriage", "marital-status", 0.7),
    ("marital-status", "marriage-record", 0.6),
    ("single", "marriage-record", 0.65),
    ("single", "never-married", 0.6),
    ("never-married", "marriage-record", 0.6),
    ("labour-relation", "job", 0.65),
    ("birth", "birth-date", 0.55),
    ("unemployment-registered", "no-job", 0.4),
    ("hardship", "poor-student", 0.3),
    ("registration-cancelled", "death", 0.4),
    ("low-income", "income", 0.3),
    ("kin", "parent-child", 0.4),
    ("tax-cleared", "tax-owed", 0.3),
    ("source", "lawful-source", 0.3),
    ("assets", "economy", 0.3),
    ("examination", "health", 0.3),
    ("illness", "diagnosis", 0.55),
    ("address", "residence", 0.55),
    ("lodging", "residence", 0.55),
    ("former-name", "same-person", 0.55),
    ("standing", "company-file", 0.55),
    ("registered-company", "company-file", 0.55),
    ("registered-company", "standing", 0.55),
    ("student-loan", "poor-student", 0.55),
    ("bad-conduct", "breach", 0.4),
    ("home", "home-title", 0.4),
    ("title", "home-title", 0.3),
)

OPPOSITES: tuple[tuple[str, str], ...] = (
    # Said by two words instead of a "no".
    ("single", "marriage"),
    ("alive", "death"),
    ("import", "export"),
)
"""Pairs that exclude each other."""

ABSENCE: dict[str, str] = {"no-job": "job", "no-home": "home"}
"""Words with the "no" inside, read as the other concept, denied."""

DENIED: dict[str, str] = {"home-title": "home"}
"""What is denied says the same of another concept: 无房产 is 无房."""

OF_PERSONS = frozenset(
    {"job", "no-job", "income", "low-income", "retired", "job-ended", "work-history", "internship", "labour-relation"}
)
"""What only a person has: a 单位 beside it is who made the paper out."""

OF_DEATH = frozenset({"registration-cancelled"})
"""Papers that stand for a death where the purpose speaks of one."""

ACTS = frozenset({"file", "change", "extend", "cancel", "approve", "exempt", "lost", "conforming", "inspection"})
"""What is done to a thing: which thing, the words beside it say, so they always count."""

SENSELESS_FIRST = "他 效 的 于 为 等 其".split()
"""Letters a clause leaves before a name that was cut out of it."""
