"""The demo county's trips as told: who went where, whom they met, what became of it. Data only, all invented.

Days are working days from today; hours are Shanghai's. A team is told by office and by place in it: in the
office's own order of people (`roster`), the first of the team plans and leads.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Met:
    """Whom we met at a stop. `amount` is a decimal in `unit`; the next step is due so many days later."""

    kind: str
    contact: str = ""
    post: str = ""
    topic: str = ""
    outcome: str = ""
    amount: str | None = None
    unit: str = ""
    next_step: str = ""
    next_in_days: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A point so many metres east and north of the middle of an area, and a radius around it."""

    area: str
    east_m: float
    north_m: float
    radius_m: float = 120.0


@dataclass(frozen=True, slots=True)
class StopTold:
    """A stop: an area by name or a spot, its day of the trip and hours, and how the check-ins there came out.

    `accepted` is the note of a review that accepts, "" for one without words.
    `how`: inside · uncertain · outside · mock · stale · late · unplaced (no position) · skipped (nobody came).
    """

    name: str
    at: str | Spot
    hours: tuple[str, str]
    day: int = 0
    host: str = ""
    met: Met | None = None
    added: str = ""
    note: str = ""
    how: str = "inside"
    query: str = ""
    answer: str = ""
    accepted: str | None = None


@dataclass(frozen=True, slots=True)
class TripTold:
    """A trip. `starts` is in working days from today; `refusing` are the places in the team of who did not
    consent to positions; `because` is the reason where it was returned or cancelled.
    """

    title: str
    aim: str
    office: str
    team: tuple[int, ...]
    starts: int
    state: str
    destination: str
    stops: tuple[StopTold, ...] = ()
    days: int = 1
    chain: str = ""
    destination_area: str | None = None
    purpose: str = "ordinary"
    basis: str = ""
    tracking: str = "checkins"
    photos_required: bool = False
    refusing: tuple[int, ...] = ()
    outcome: str = ""
    because: str = ""


COMPLETED: Final = (
    TripTold(
        title="赴东澜对接精密制造项目",
        aim="对接两家精密零部件企业的扩产计划，介绍开发区标准厂房与用工政策",
        office="B01",
        team=(0, 3),
        starts=-18,
        days=2,
        state="completed",
        destination="东澜智造园",
        destination_area="东澜智造园",
        chain="精密制造",
        outcome="两家企业表示年内来县考察，一家提出 30 亩用地需求",
        stops=(
            StopTold(
                "东澜智造园服务中心",
                Spot("东澜智造园", -420, 180),
                ("14:00", "15:30"),
                met=Met(
                    "outbound",
                    "沈主任",
                    "园区招商负责人",
                    "园区外溢企业名单与搬迁意向",
                    "取得 6 家意向企业名单",
                ),
                added="晚上电话回访：其中 2 家愿意下月来县看地",
                accepted="名单已转项目科",
            ),
            StopTold(
                "澜祺精工",
                Spot("东澜智造园", 360, -240),
                ("09:00", "10:30"),
                day=1,
                host="澜祺精工",
                met=Met(
                    "outbound",
                    "顾总",
                    "副总经理",
                    "扩建减速器壳体生产线",
                    "愿意来县看地，需 30 亩、双回路供电",
                    "1.2",
                    "亿元",
                    "发送地块资料并约定考察时间",
                    7,
                ),
                added="供电方案已由开发区出具，一并寄出",
            ),
            StopTold(
                "曜川模具",
                Spot("东澜智造园", 610, 330, 100),
                ("14:00", "15:30"),
                day=1,
                host="曜川模具",
                how="uncertain",
                met=Met(
                    "outbound",
                    "吴经理",
                    "投资发展部经理",
                    "模具中心选址",
                    "仍在三地比较，关注人才公寓",
                    "3500",
                    "万元",
                    "寄送人才公寓说明",
                    5,
                ),
                query="签到精度较低，请说明当时位置",
                answer="在厂房内会谈，室内信号弱，企业门口有合影",
            ),
        ),
    ),
    TripTold(
        title="赴南屿走访电子信息企业",
        aim="走访云岭籍企业家，摸排电子信息产业转移意向",
        office="B01",
        team=(5, 4),
        starts=-14,
        days=3,
        state="completed",
        destination="南屿电子产业园",
        destination_area="南屿电子产业园",
        chain="电子信息",
        refusing=(1,),
        outcome="走访 3 家企业，签订框架协议 1 份",
        stops=(
            StopTold(
                "屿芯电子",
                Spot("南屿电子产业园", -500, -200),
                ("15:00", "17:00"),
                host="屿芯电子",
                met=Met(
                    "outbound",
                    "黎董",
                    "董事长",
                    "传感器封装线转移",
                    "同意在县设立封装车间，签订框架协议",
                    "8000",
                    "万元",
                    "法务审核协议文本",
                    10,
                ),
                accepted="",
            ),
            StopTold(
                "云岭商会南屿联络处",
                Spot("南屿电子产业园", 240, 420),
                ("09:30", "11:00"),
                day=1,
                met=Met(
                    "outbound",
                    "罗秘书长",
                    "商会秘书长",
                    "乡贤回归座谈",
                    "商会组织 12 家企业回乡考察",
                    next_step="拟定考察日程",
                    next_in_days=14,
                ),
            ),
            StopTold(
                "墨岛光电",
                Spot("南屿电子产业园", 690, -380),
                ("14:30", "16:00"),
                day=1,
                host="墨岛光电",
                how="late",
                met=Met("outbound", "简工", "技术总监", "背光模组产线设备搬迁", "设备评估需一个月"),
                note="前一家会谈延长，晚到",
            ),
            StopTold(
                "南屿园区展示馆", Spot("南屿电子产业园", 60, 40), ("09:00", "10:00"), day=2, how="skipped"
            ),
        ),
    ),
    TripTold(
        title="赴望舒科学城考察科创平台",
        aim="学习飞地孵化做法，洽谈共建云岭科创飞地",
        office="B02",
        team=(1, 2),
        starts=-12,
        days=2,
        state="completed",
        destination="望舒科学城",
        destination_area="望舒科学城",
        chain="科技服务",
        outcome="形成共建科创飞地的备忘录初稿",
        stops=(
            StopTold(
                "望舒孵化中心",
                Spot("望舒科学城", -300, 260),
                ("14:00", "16:30"),
                host="望舒孵化中心",
                met=Met(
                    "outbound",
                    "方主任",
                    "运营负责人",
                    "飞地孵化的场地、租金与税收分成",
                    "提供 1200 平方米备选场地",
                    next_step="测算三年运营成本",
                    next_in_days=10,
                ),
            ),
            StopTold(
                "砚图智能",
                Spot("望舒科学城", 430, -310),
                ("09:00", "10:30"),
                day=1,
                host="砚图智能",
                how="stale",
                met=Met("outbound", "秦总", "创始人", "工业视觉检测在竹木加工的应用", "愿在禾木家居试点"),
                query="定位时间早于签到较多，请核对",
                answer="手机刚从飞行模式恢复，定位未及时刷新",
            ),
        ),
    ),
    TripTold(
        title="开发区企业帮扶走访",
        aim="逐户了解生产、用工、用能问题，现场交办",
        office="B03",
        team=(1, 2),
        starts=-9,
        state="completed",
        destination="云岭经济开发区",
        destination_area="云岭经济开发区",
        chain="装备制造",
        outcome="收集问题 5 个，当场答复 3 个，转办 2 个",
        stops=(
            StopTold(
                "岚砚精密科技",
                "岚砚精密科技",
                ("09:00", "10:00"),
                host="岚砚精密科技",
                met=Met(
                    "enterprise_help",
                    "许厂长",
                    "生产厂长",
                    "夜班通勤与用工缺口",
                    "缺普工 40 人，已联系专场招聘",
                    next_step="安排招聘专场",
                    next_in_days=6,
                ),
                accepted="已列入 12 日招聘会",
            ),
            StopTold(
                "砾原装备",
                "砾原装备",
                ("10:30", "11:30"),
                host="砾原装备",
                met=Met(
                    "enterprise_help",
                    "田总",
                    "总经理",
                    "增容用电申请进度",
                    "供电所承诺两周内完成",
                    next_step="回访送电情况",
                    next_in_days=14,
                ),
            ),
            StopTold(
                "穗汐食品",
                "穗汐食品",
                ("14:00", "15:00"),
                host="穗汐食品",
                how="outside",
                met=Met("enterprise_help", "陆经理", "行政经理", "污水管网接入", "管网图纸已提供"),
                query="签到位置在厂区之外，请说明",
                answer="先到路口查看管网井盖位置，在路边签的到",
            ),
        ),
    ),
    TripTold(
        title="赴浔湾家居港招商推介",
        aim="参加家居产业对接会，推介竹木家居产业园",
        office="B07",
        team=(1, 2),
        starts=-7,
        days=2,
        state="completed",
        destination="浔湾家居港",
        destination_area="浔湾家居港",
        chain="竹木家居",
        outcome="发放推介资料 60 份，跟进 4 家企业",
        stops=(
            StopTold(
                "浔湾会展厅",
                Spot("浔湾家居港", -150, -80, 200),
                ("09:00", "11:30"),
                host="浔湾家居行业协会",
                met=Met("outbound", "邱会长", "协会会长", "产业对接会推介", "4 家企业留下联系方式"),
                accepted="",
            ),
            StopTold(
                "柘木工坊",
                Spot("浔湾家居港", 520, 300),
                ("14:00", "15:30"),
                day=1,
                host="柘木工坊",
                how="mock",
                met=Met(
                    "outbound",
                    "范总",
                    "总经理",
                    "竹材集成板代工",
                    "先小批量试产 2000 件",
                    "260",
                    "万元",
                    "寄送竹材样板",
                    4,
                ),
                query="手机报告为模拟定位，请核实",
                answer="手机装有测试软件未关闭，已卸载",
            ),
        ),
    ),
    TripTold(
        title="强降雨后地质灾害隐患点核查",
        aim="核查切坡建房户、沟口和道路边坡，动员危险区群众避让",
        office="B04",
        team=(1, 2),
        starts=-6,
        state="completed",
        destination="霁山街道",
        destination_area="霁山街道",
        purpose="safety",
        basis="县防汛抗旱指挥部《关于做好强降雨后地质灾害隐患核查的通知》，需掌握核查人员所在位置以保障安全",
        tracking="track",
        photos_required=True,
        outcome="核查隐患点 4 处，转移避让 3 户 9 人",
        stops=(
            StopTold(
                "新安里社区后山边坡",
                "新安里社区第1网格",
                ("08:00", "09:00"),
                note="边坡无新增裂缝，已清排水沟",
            ),
            StopTold(
                "柳岸社区沟口", "柳岸社区第2网格", ("09:30", "10:30"), note="沟口有少量堆积物，通知街道清运"
            ),
            StopTold(
                "望台社区切坡建房点",
                "望台社区第3网格",
                ("11:00", "12:00"),
                note="3 户 9 人已避让至社区活动室",
                accepted="处置及时",
            ),
            StopTold(
                "棠下社区道路",
                "棠下社区第4网格",
                ("14:00", "15:00"),
                how="uncertain",
                note="路肩下沉，已设警示桩",
            ),
        ),
    ),
    TripTold(
        title="接待临江生物谷来访团队",
        aim="陪同客商察看汐口绿色产业园与水源条件",
        office="B01",
        team=(0, 6),
        starts=-4,
        state="completed",
        destination="汐口绿色产业园",
        destination_area="汐口绿色产业园",
        chain="生物医药",
        outcome="客商确定二次来访时间，要求提供水质检测报告",
        stops=(
            StopTold(
                "汐口绿色产业园",
                "汐口绿色产业园",
                ("09:30", "11:30"),
                host="沐临生物",
                met=Met(
                    "reception",
                    "江博士",
                    "首席科学家",
                    "提取物中试基地",
                    "对水质满意，要求一年检测数据",
                    "2.5",
                    "亿元",
                    "提供水质检测报告",
                    5,
                ),
                accepted="",
            ),
            StopTold(
                "棠渡生物",
                "棠渡生物",
                ("13:30", "14:30"),
                host="棠渡生物",
                met=Met("reception", "卓总", "总经理", "上下游配套座谈", "愿共用污水处理设施"),
                query="请补充座谈参加人员",
            ),
        ),
    ),
    TripTold(
        title="低收入农户入户走访",
        aim="了解冬季取暖、就医和子女就学情况",
        office="990126100000",
        team=(2, 0),
        starts=-3,
        state="completed",
        destination="石棠镇",
        tracking="none",
        outcome="走访 6 户，办理临时救助 1 户",
        stops=(
            StopTold(
                "上坞社区走访",
                "上坞社区",
                ("09:00", "11:00"),
                met=Met(
                    "household",
                    topic="取暖与就医",
                    outcome="需办理慢性病卡 1 人",
                    next_step="联系卫生院上门",
                    next_in_days=3,
                ),
                how="unplaced",
            ),
            StopTold(
                "下坞村走访",
                "下坞村",
                ("14:00", "16:00"),
                met=Met("household", topic="临时救助", outcome="符合条件，已受理"),
                how="unplaced",
            ),
        ),
    ),
    TripTold(
        title="园区用工用电问题上门办",
        aim="落实上周走访交办事项",
        office="P01",
        team=(1, 2),
        starts=-2,
        state="completed",
        destination="云岭经济开发区",
        destination_area="云岭经济开发区",
        chain="装备制造",
        outcome="增容送电完成，招聘到岗 23 人",
        stops=(
            StopTold(
                "砾原装备",
                "砾原装备",
                ("09:00", "10:00"),
                host="砾原装备",
                met=Met("enterprise_help", "田总", "总经理", "增容用电回访", "已送电"),
                accepted="",
            ),
            StopTold(
                "禾木家居",
                "禾木家居",
                ("10:30", "11:30"),
                host="禾木家居",
                met=Met(
                    "enterprise_help",
                    "梅厂长",
                    "厂长",
                    "招聘到岗",
                    "到岗 23 人，仍缺喷漆工 4 人",
                    next_step="联系职校",
                    next_in_days=7,
                ),
            ),
        ),
    ),
)

CALLED_OFF: Final = (
    TripTold(
        title="赴望舒洽谈农产品加工合作",
        aim="洽谈高山蔬菜冷链与预制菜项目",
        office="B05",
        team=(1, 2),
        starts=-5,
        state="cancelled",
        destination="望舒科学城",
        destination_area="望舒科学城",
        chain="食品加工",
        because="对方负责人临时出差，改期再约",
        stops=(StopTold("澄禾冷链", Spot("望舒科学城", 200, 100), ("14:00", "15:30"), host="澄禾冷链"),),
    ),
)

COMING: Final = (
    TripTold(
        title="开发区重点企业走访",
        aim="了解四季度订单与明年扩产计划",
        office="B01",
        team=(0, 3),
        starts=0,
        days=5,
        state="approved",
        destination="云岭经济开发区",
        destination_area="云岭经济开发区",
        chain="精密制造",
        stops=(
            StopTold("岚砚精密科技", "岚砚精密科技", ("09:00", "11:30"), host="岚砚精密科技"),
            StopTold("禾木家居", "禾木家居", ("14:00", "17:00"), host="禾木家居"),
        ),
    ),
    TripTold(
        title="赴临江回访生物医药项目",
        aim="送交水质检测报告，商定二次来访",
        office="B01",
        team=(5, 6),
        starts=2,
        days=2,
        state="approved",
        destination="临江生物谷",
        destination_area="临江生物谷",
        chain="生物医药",
        stops=(StopTold("沐临生物", Spot("临江生物谷", 320, -150), ("14:00", "16:00"), host="沐临生物"),),
    ),
    TripTold(
        title="赴浔湾回访竹木家居企业",
        aim="落实试产订单与样板",
        office="B07",
        team=(2, 1),
        starts=4,
        days=2,
        state="approved",
        destination="浔湾家居港",
        destination_area="浔湾家居港",
        chain="竹木家居",
        stops=(StopTold("柘木工坊", Spot("浔湾家居港", 520, 300), ("10:00", "11:30"), host="柘木工坊"),),
    ),
    TripTold(
        title="赴东澜签约准备",
        aim="与澜祺精工核对用地与供电条件",
        office="B01",
        team=(0, 6),
        starts=5,
        days=2,
        state="submitted",
        destination="东澜智造园",
        destination_area="东澜智造园",
        chain="精密制造",
        stops=(StopTold("澜祺精工", Spot("东澜智造园", 360, -240), ("09:30", "11:30"), host="澜祺精工"),),
    ),
    TripTold(
        title="赴南屿跟进封装车间协议",
        aim="协商协议文本与设备清单",
        office="B03",
        team=(1, 2),
        starts=6,
        days=3,
        state="submitted",
        destination="南屿电子产业园",
        destination_area="南屿电子产业园",
        chain="电子信息",
        stops=(
            StopTold("屿芯电子", Spot("南屿电子产业园", -500, -200), ("14:00", "16:00"), host="屿芯电子"),
        ),
    ),
    TripTold(
        title="考察标准厂房建设模式",
        aim="学习代建回购做法",
        office="F01",
        team=(1, 2),
        starts=7,
        days=3,
        state="returned",
        destination="望舒科学城",
        destination_area="望舒科学城",
        chain="园区建设",
        because="请补充第二、三天的安排和接洽单位，能合并的行程请合并",
        stops=(StopTold("望舒孵化中心", Spot("望舒科学城", -300, 260), ("09:30", "11:00")),),
    ),
    TripTold(
        title="赴临江参加产业推介会",
        aim="推介汐口绿色产业园",
        office="B01",
        team=(0,),
        starts=9,
        days=2,
        state="draft",
        destination="临江生物谷",
        destination_area="临江生物谷",
        chain="生物医药",
    ),
)

UNDER_WAY: Final = (
    TripTold(
        title="东澜驻点招商",
        aim="驻点走访精密制造企业，落实考察邀请",
        office="B01",
        team=(2, 4),
        starts=0,
        days=2,
        state="under_way",
        destination="东澜智造园",
        destination_area="东澜智造园",
        chain="精密制造",
        tracking="track",
        stops=(
            StopTold(
                "东澜智造园服务中心",
                Spot("东澜智造园", -420, 180, 150),
                ("08:30", "12:00"),
                met=Met("outbound", "沈主任", "园区招商负责人", "驻点办公安排", "提供工位两个"),
            ),
            StopTold(
                "澜祺精工",
                Spot("东澜智造园", 360, -240, 150),
                ("09:00", "18:00"),
                host="澜祺精工",
                met=Met(
                    "outbound",
                    "顾总",
                    "副总经理",
                    "来县考察时间",
                    "初步定在下周",
                    "1.2",
                    "亿元",
                    "发邀请函",
                    2,
                ),
            ),
            StopTold(
                "曜川模具",
                Spot("东澜智造园", 610, 330, 120),
                ("13:00", "18:00"),
                host="曜川模具",
                met=Met(
                    "outbound",
                    "吴经理",
                    "投资发展部经理",
                    "人才公寓与子女入学",
                    "需书面说明",
                    "3500",
                    "万元",
                    "寄送说明",
                    3,
                ),
            ),
        ),
    ),
    TripTold(
        title="开发区四季度企业帮扶",
        aim="逐户走访，问题当场交办",
        office="B03",
        team=(2, 1),
        starts=0,
        days=2,
        state="under_way",
        destination="云岭经济开发区",
        destination_area="云岭经济开发区",
        chain="装备制造",
        tracking="track",
        stops=(
            StopTold(
                "岚砚精密科技",
                "岚砚精密科技",
                ("08:30", "18:00"),
                host="岚砚精密科技",
                met=Met("enterprise_help", "许厂长", "生产厂长", "订单与排产", "订单排到明年二月"),
            ),
            StopTold(
                "砾原装备",
                "砾原装备",
                ("08:30", "12:00"),
                host="砾原装备",
                met=Met(
                    "enterprise_help",
                    "田总",
                    "总经理",
                    "技改补贴申报",
                    "材料缺检测报告",
                    next_step="协助补齐",
                    next_in_days=5,
                ),
            ),
            StopTold(
                "穗汐食品",
                "穗汐食品",
                ("13:30", "18:00"),
                host="穗汐食品",
                met=Met("enterprise_help", "陆经理", "行政经理", "污水管网接入", "本周施工"),
            ),
        ),
    ),
    TripTold(
        title="森林防火与沟口安全巡查",
        aim="巡查林缘、沟口和在建工地，劝阻野外用火",
        office="B04",
        team=(1, 2),
        starts=0,
        days=2,
        state="under_way",
        destination="岚城街道",
        destination_area="岚城街道",
        purpose="safety",
        basis="县森林防火指挥部《关于进入森林防火期的通告》，巡查期间需掌握人员位置以保障安全",
        tracking="track",
        refusing=(1,),
        stops=(
            StopTold("城隍社区第1网格", "城隍社区第1网格", ("08:00", "18:00"), note="无野外用火"),
            StopTold("城隍社区第2网格", "城隍社区第2网格", ("08:00", "18:00"), note="在建工地消防通道已清理"),
            StopTold("城隍社区第3网格", "城隍社区第3网格", ("08:00", "18:00"), note="沟口无堆积物"),
        ),
    ),
)

ALL: Final = COMPLETED + CALLED_OFF + COMING

MATTERS: Final = (
    ("B01", 0, "suggestion", "同一企业多个部门走访，建议在计划时提示近期已有的走访，减少打扰。", "/m/", -10),
    ("B05", 2, "complaint", "山区信号弱，签到后提示不明显，不确定是否已经收到。", "/m/", -8),
    ("990126106000", 2, "suggestion", "入户走访的事项能否从上次记录带出，少填一遍。", "/m/", -5),
    ("B03", 2, "suggestion", "希望行程结束后自动生成的小结可以直接复制到周报。", "/m/", -1),
)
"""Complaints and suggestions: office, place in it, kind, text, page, working day."""
