"""Invented names: places, units, people. Any likeness to a real place, firm or person is chance."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

COUNTY: Final = "云岭县"
COUNTY_CODE: Final = "990126000000"
"""No province has the code 99."""

TOWNSHIPS: Final = (
    ("岚城街道", "street"),
    ("霁山街道", "street"),
    ("石棠镇", "township"),
    ("云坞镇", "township"),
    ("汐口镇", "township"),
    ("桑麓镇", "township"),
    ("砚溪镇", "township"),
    ("白泉岭镇", "township"),
    ("枫屿乡", "township"),
    ("松涧乡", "township"),
    ("麦坪乡", "township"),
    ("鹤垄乡", "township"),
)
"""In order of distance from the county seat, as the land has them."""

_VILLAGES: Final = (
    "城隍 东门 学前 桥北 湖滨 南园 霁岭 新安里 柳岸 望台 棠下 石门口 樟树 上坞 下坞 云背 东湾 西湾 汐前 渔埠 "
    "桑园 蚕房 麓口 溪头 溪尾 砚池 墨林 白泉 泉上 岭脚 岭背 枫林 竹园 茶坞 塘边 梅源 桃坑 杏坪 大坪 小坪 "
    "水碓 油坊 陶窑 庙前 井头 坑口 源头 双溪口 三岔 五里亭 十里铺 青湾 鹭洲 麦田 高垄 鹤鸣 松下 涧边 石壁 云脚 "
    "木桥 长堤 荷塘 古樟 龙井头 牛角湾 半山 坳上 沙洲 银杏"
)

VILLAGES: Final = tuple(_VILLAGES.split())

PARKS: Final = ("云岭经济开发区", "汐口绿色产业园")

SITES: Final = ("岚砚精密科技", "砾原装备", "穗汐食品", "禾木家居", "霁川新材料", "棠渡生物")
"""Enterprises with land of their own: the first four in the first park, the others in the second."""


@dataclass(frozen=True, slots=True)
class Far:
    """An invented destination far away, laid down near a city only so that the map shows a journey."""

    name: str
    code: str
    lng: float
    lat: float


DESTINATIONS: Final = (
    Far("东澜智造园", "99D001", 120.741, 31.282),
    Far("望舒科学城", "99D002", 117.132, 31.803),
    Far("南屿电子产业园", "99D003", 113.934, 22.871),
    Far("临江生物谷", "99D004", 114.571, 30.442),
    Far("浔湾家居港", "99D005", 119.968, 28.447),
)


@dataclass(frozen=True, slots=True)
class Office:
    """A department, firm or park administration: its code below the county's, name, kind and the head's post."""

    code: str
    name: str
    kind: str
    head: str


OFFICES: Final = (
    Office("B01", "投资促进局", "department", "局长"),
    Office("B02", "发展和改革局", "department", "局长"),
    Office("B03", "经济和信息化局", "department", "局长"),
    Office("B04", "应急管理局", "department", "局长"),
    Office("B05", "农业农村局", "department", "局长"),
    Office("B06", "自然资源和规划局", "department", "局长"),
    Office("B07", "商务局", "department", "局长"),
    Office("B08", "人力资源和社会保障局", "department", "局长"),
    Office("B09", "县委县政府督查室", "department", "主任"),
    Office("B10", "审计局", "department", "局长"),
    Office("B11", "大数据发展服务中心", "department", "主任"),
    Office("F01", "云岭城市建设投资集团", "firm", "总经理"),
    Office("P01", "云岭经济开发区管委会", "park", "主任"),
    Office("P02", "汐口绿色产业园管理办公室", "park", "主任"),
)

_SURNAMES: Final = (
    "王 wang 李 li 张 zhang 刘 liu 陈 chen 杨 yang 赵 zhao 黄 huang 周 zhou 吴 wu 徐 xu 孙 sun 胡 hu 朱 zhu "
    "高 gao 林 lin 何 he 郭 guo 马 ma 罗 luo 梁 liang 宋 song 郑 zheng 谢 xie 韩 han 唐 tang 冯 feng 于 yu "
    "董 dong 萧 xiao 程 cheng 曹 cao 袁 yuan 邓 deng 许 xu 傅 fu 沈 shen 曾 zeng 彭 peng 吕 lv"
)

_GIVEN: Final = (
    "明辉 minghui 晓燕 xiaoyan 建国 jianguo 志强 zhiqiang 丽华 lihua 国平 guoping 雪梅 xuemei 文斌 wenbin "
    "春生 chunsheng 秀英 xiuying 立新 lixin 海涛 haitao 思远 siyuan 佳怡 jiayi 子轩 zixuan 雨晴 yuqing "
    "永福 yongfu 桂兰 guilan 俊杰 junjie 婷婷 tingting 卫东 weidong 红霞 hongxia 家豪 jiahao 静怡 jingyi "
    "宏伟 hongwei 玉珍 yuzhen 学军 xuejun 美玲 meiling 天宇 tianyu 欣然 xinran 德明 deming 素芬 sufen "
    "振华 zhenhua 倩 qian 磊 lei 敏 min 勇 yong 芳 fang 超 chao 洁 jie 涛 tao 颖 ying 军 jun 琳 lin"
)


def people(seed: int) -> Iterator[tuple[str, str]]:
    """Names with user names (pinyin), none twice, in an order that the seed decides."""
    chance = random.Random(seed)
    pairs = [(family, own) for family in _spelled(_SURNAMES) for own in _spelled(_GIVEN)]
    chance.shuffle(pairs)
    taken: set[str] = set()
    for (family, family_sound), (own, own_sound) in pairs:
        username = family_sound + own_sound
        if username not in taken:
            taken.add(username)
            yield family + own, username


def _spelled(words: str) -> list[tuple[str, str]]:
    """Each name with its pinyin."""
    each = words.split()
    return list(zip(each[::2], each[1::2], strict=True))
