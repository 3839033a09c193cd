"""Words by which cells name offices: what an office does, today and before, and words that name no single one.

Words of functions, never names of a city's offices. Older ones are those of before the reform of institutions (深化党和国家机构
改革方案, 2018), which lists of 2018 and 2019 still use; each leads to the office that has the function now.
"""

from __future__ import annotations

FUNCTIONS: dict[str, str] = {
    # The first that fits counts, so narrow ones stand before wide ones.
    "notary": "公证",
    "court": "法院 法庭",
    "procuratorate": "检察",
    "fund": "公积金",
    "medical_insurance": "医疗保障 医保 医疗保险 生育保险",
    "police": "公安 派出所 交警 警务 户政 户籍科 户籍窗口 户籍管理 出入境 车管所 车辆管理所 看守所 拘留所",
    "disease": "疾病预防 疾控",
    "maternity": "妇幼 妇保",
    "veterans": "退役军人 双拥 安置办",
    "disabled": "残疾人 残联",
    "civil": "民政 婚姻登记 殡葬 救助站",
    "labour": "人力资源 人力社保 社会保障 社会保险 养老保险 失业保险 工伤保险 人社 社保 劳动 人事局 人才中心 就业局 就业管理 就业服务",
    "land": "自然资源 国土 土地 规划 不动产 资规",
    "tax": "税务 地税 国税",
    "market": "市场监督 市场监管 工商行政 工商局 工商所 工商部门 工商管理 质量技术 质监 食品药品 食药 药监 药品监督 知识产权 市监",
    "health": "卫生健康 卫健 卫计 卫生局 卫生行政 卫生部门 卫生主管 卫生监督 卫生和 计生 计划生育",
    "education": "教育局 教育行政 教育主管 教育部门 教育委 教体 教科 教育体育 教育考试 学籍管理",
    "justice": "司法 法律援助",
    "fire": "消防",
    "ecology": "生态环境 环保 环境保护 环境局",
    "culture": "文化 文广 文旅 文体 广电 广播电视 旅游 体育 新闻出版",
    "urban": "综合执法 综合行政执法 城管 城市管理 行政执法",
    "construction": "建设局 建设和 建设管理 建设主管 建设行政 建设部门 城乡建设 住建 住房保障 住房和城乡 住房局 住房管理 房管 房产管理 房产局 房地产 房屋管理",
    "transport": "交通运输 交通局 交通管理 交通部门 交通主管 运管 公路管理 道路运输",
    "agriculture": "农业农村 农业局 农业部门 农业主管 农业行政 农林 林业 畜牧 农经 农机 水产",
    "emergency": "应急 安监 安全生产",
    "development": "发展和改革 发展改革 发改 物价 粮食",
    "customs": "海关 检验检疫 商检",
    "commerce": "商务 外经贸",
    "tap_water": "自来水 供水 水务公司 水务集团",
    "water": "水务局 水务主管 水利 水行政",
    "finance": "财政",
    "audit": "审计",
    "statistics": "统计",
    "science": "科学技术 科技",
    "economy": "经济和信息化 经信 经贸 工业和信息化",
    "meteorology": "气象",
    "archives": "档案",
    "tobacco": "烟草",
    "foreign": "外事 外侨 侨办 侨务",
    "union": "工会",
    "youth": "共青团 团委 团市委 团县委",
    "women": "妇女联合 妇联",
    "power": "供电 电力 电网 国网",
    "gas": "燃气",
    "post": "邮政集团 邮政公司 邮政局",
    "railway": "铁路 火车站",
    "mission": "使领馆 使馆 领馆 领事馆",
    "university": "高等院校 高校 大学",
    "bank": "银行",
    "employer": "用人单位",
    "foreign_authority": "境外 国外 外国",
}

FINANCE = "银行 支行 农商 信用社 信用联社 人寿 财险 寿险 证券 贷款公司"
"""What a body of finance has in its name."""

GENERIC_FINANCE = "金融机构 金融单位 金融部门 银行业金融机构 银行机构 银行 商业银行 贷款银行 开户银行 开户行 承办银行 经办银行 保险公司 保险机构 承保公司 证券公司 信用社 银行和保险公司 金融系统"
GENERIC_PUBLIC = "学校 中小学 小学 中学 高中 幼儿园 就读学校 学校或幼儿园 高校 院校 教育机构 培训机构 医院 医疗机构 医疗卫生机构 卫生院 助产机构 接生医院 诊断机构 社区卫生服务中心 社区卫生服务站 接种单位 体检机构 公共服务机构 公用企业 公用事业单位 公用企事业单位 卫生室 通信公司 通讯公司 运营商 水电气公司"
GENERIC_EMPLOYER = "用人单位 工作单位 企业 公司 雇主 任职单位 就业单位 聘用单位 单位人事部门 人事部门 本单位 企事业单位"
TOWN = "镇街 镇街道 乡镇街道 乡镇 街道 镇 乡 镇乡 街镇"
OF_A_KIND = "医院 卫生院 诊所 卫生室 学校 幼儿园 中学 小学 大学 学院"
"""Ends of names of public bodies, where a list names one that the city's does not."""
COMMUNITY = "村 社区 居委 村委 村居 村社 居村 社区居民 村民 居民 村居民 行政村 居民村民 村民居民 村居社区 村社区 社区村 居 村民小组 村级组织 基层群众性自治组织 村社干部"

ABBREVIATED = 9
"""A name of so many letters or fewer may be an abbreviation: its letters stand in the full name in the same order."""

GOVERNMENT = "政府 人民政府 政府部门 政府职能部门 职能部门 行政机关 国家机关 机关事业单位 党政机关"
MINISTRIES = "教育 公安 民政 司法 财政 人力资源 自然资源 生态环境 住房 交通运输 水利 农业 商务 文化 应急 退役 国防 外交 科技 科学技术 工业 卫生 劳动 人事 建设"

PROVINCES = "北京 天津 河北 山西 内蒙古 辽宁 吉林 黑龙江 上海 江苏 浙江 安徽 福建 江西 山东 河南 湖北 湖南 广东 广西 海南 重庆 四川 贵州 云南 西藏 陕西 甘肃 青海 宁夏 新疆"
