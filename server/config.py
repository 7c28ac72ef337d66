"""Settings: read once from the environment into one frozen value; `docs/settings.md` is checked against it."""

from dataclasses import dataclass
from datetime import time
from pathlib import Path

from server import readers
from server.readers import Choices, Hours, Listed
from server.readers import setting as _setting

INSTANCE = Path(__file__).resolve().parent.parent / "var"


@dataclass(frozen=True, slots=True)
class Settings(Choices):
    """Every setting of the server, each with its unit in its name."""

    database_url: str = _setting(
        "GUATU_DATABASE_URL",
        f"sqlite:///{INSTANCE / 'guatu.sqlite'}",
        str,
        "数据库地址：sqlite:///文件 或 postgresql://用户:密码@主机/库",
        "Where the database is: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME",
    )
    instance: Path = _setting(
        "GUATU_INSTANCE",
        INSTANCE,
        Path,
        "服务器自己的文件夹（签名密钥、封存密钥等），仅所有者可读",
        "The server's own folder (signing keys, sealing keys and the like), readable by its owner only",
    )
    signing_keys: str = _setting(
        "GUATU_SIGNING_KEYS",
        "",
        str,
        "签名密钥，写作 kid:密钥,kid:密钥；第一个用于签发。为空时在文件夹中自动生成一次",
        "Signing keys as kid:secret,kid:secret; the first one signs. Empty: made once in the instance folder",
    )
    sealing_keys: str = _setting(
        "GUATU_SEALING_KEYS",
        "",
        str,
        "封存密钥，写作 kid:密钥,kid:密钥；第一个用于封存，其余只用于解开。为空时在文件夹中自动生成一次",
        "Sealing keys as kid:secret,kid:secret; the first seals, others only open. Empty: made once in that folder",
    )
    closing_keys: str = _setting(
        "GUATU_CLOSING_KEYS",
        "",
        str,
        "存证密钥，写作 kid:密钥,kid:密钥；每日存证用第一个签名，其余只用于核对。为空时在文件夹中自动生成一次",
        "Closing keys as kid:secret,kid:secret; the first signs closed days, others check. Empty: made once there",
    )
    closings: str = _setting(
        "GUATU_CLOSINGS",
        "",
        str,
        "每日存证在数据库之外另存的文件夹，宜在另一台机器的磁盘上。为空时为服务器文件夹下的 closings",
        "Where closings are kept, best on another machine's disk. Empty: `closings` in the instance folder",
    )
    access_token_s: int = _setting(
        "GUATU_ACCESS_TOKEN_S",
        900,
        readers.whole(60, 3600),
        "访问令牌有效时间（秒）",
        "Seconds an access token is valid",
    )
    session_days: int = _setting(
        "GUATU_SESSION_DAYS",
        30,
        readers.whole(1, 90),
        "手机登录最长保留天数",
        "Days a phone's session lives at the most",
    )
    browser_idle_minutes: int = _setting(
        "GUATU_BROWSER_IDLE_MINUTES",
        60,
        readers.whole(5, 720),
        "网页登录空闲多少分钟后失效",
        "Minutes without use after which a browser session ends",
    )
    browser_hours: int = _setting(
        "GUATU_BROWSER_HOURS",
        12,
        readers.whole(1, 72),
        "网页登录最长保留小时数",
        "Hours a browser session lives at the most",
    )
    invitation_hours: int = _setting(
        "GUATU_INVITATION_HOURS",
        48,
        readers.whole(1, 168),
        "邀请链接的有效小时数",
        "Hours an invitation link may be used",
    )
    secure_cookies: bool = _setting(
        "GUATU_SECURE_COOKIES",
        True,
        readers.switch,
        "仅通过 HTTPS 发送登录 Cookie（本机试用时可关）",
        "Send the session cookie over HTTPS only (may be off for trying out on one machine)",
    )
    proxies: int = _setting(
        "GUATU_PROXIES",
        0,
        readers.whole(0, 3),
        "前面有几层可信反向代理",
        "How many trusted reverse proxies stand in front",
    )
    second_factor: str = _setting(
        "GUATU_SECOND_FACTOR",
        "supervisor:14,leader:14,administrator:14,auditor:14",
        readers.graces,
        "哪些角色须设两步验证，各宽限多少天（授予角色之日起），写作 角色:天数；期满未设的，该角色暂停，设好即恢复。"
        "为空则不要求",
        "Which roles need a second factor, and for how many days after they are given they may do without, as"
        " role:days; then the role sleeps until it is set up. Empty: none is asked for",
    )
    oidc_issuer: str = _setting(
        "GUATU_OIDC_ISSUER",
        "",
        str,
        "本县统一身份认证（OpenID Connect）的地址；为空则只用本系统的账号密码",
        "Address of the county's own sign-in provider (OpenID Connect); empty: accounts of this server only",
    )
    oidc_client_id: str = _setting(
        "GUATU_OIDC_CLIENT_ID",
        "guatu",
        str,
        "统一身份认证发给本系统的客户端编号；回调地址为 本系统地址/sign-in/provider/back",
        "The client id that the provider gave this server; its way back is ADDRESS/sign-in/provider/back",
    )
    oidc_client_secret: str = _setting(
        "GUATU_OIDC_CLIENT_SECRET",
        "",
        str,
        "统一身份认证发给本系统的客户端密钥",
        "The client secret that the provider gave this server",
    )
    oidc_name: str = _setting(
        "GUATU_OIDC_NAME",
        "统一身份认证",
        str,
        "登录页上统一身份认证的名称",
        "What the sign-in page calls the provider",
    )
    default_accuracy_m: int = _setting(
        "GUATU_DEFAULT_ACCURACY_M",
        100,
        readers.whole(1, 2000),
        "定位没有给出可用精度时采用的精度（米）",
        "Accuracy in metres used where a fix gives no usable one",
    )
    stale_fix_s: int = _setting(
        "GUATU_STALE_FIX_S",
        180,
        readers.whole(10, 86400),
        "定位早于签到多少秒算作陈旧",
        "Seconds between fix and check-in after which the fix counts as stale",
    )
    clock_skew_s: int = _setting(
        "GUATU_CLOCK_SKEW_S",
        120,
        readers.whole(5, 86400),
        "手机时钟偏差超过多少秒作为疑点",
        "Seconds of clock skew that make a signal",
    )
    impossible_speed_mps: int = _setting(
        "GUATU_IMPOSSIBLE_SPEED_MPS",
        97,
        readers.whole(20, 400),
        "两次签到之间超过多少米/秒作为疑点（高铁约 97）",
        "Metres per second between two check-ins that make a signal (high-speed rail: about 97)",
    )
    window_grace_minutes: int = _setting(
        "GUATU_WINDOW_GRACE_MINUTES",
        15,
        readers.whole(0, 240),
        "早到或迟到多少分钟以内算准时",
        "Minutes before or after a planned window that still count as on time",
    )
    silent_minutes: int = _setting(
        "GUATU_SILENT_MINUTES",
        30,
        readers.whole(2, 1440),
        "安全、应急任务中，同意记录轨迹的人多少分钟没有收到定位算作手机失联；其他任务从不提示",
        "Minutes without a position, on safety and emergency duties and with consent to a track, after which a phone"
        " counts as silent; on other duties none ever does",
    )
    position_days: int = _setting(
        "GUATU_POSITION_DAYS",
        180,
        readers.whole(1, 3660),
        "轨迹的定位点保存多少天（按上海时间整日），过期逐条删除；签到的位置见 GUATU_CHECKIN_DAYS",
        "Days (whole, Shanghai) that tracks' positions are kept, then deleted; a check-in's: GUATU_CHECKIN_DAYS",
    )
    checkin_days: int = _setting(
        "GUATU_CHECKIN_DAYS",
        730,
        readers.whole(1, 3660),
        "签到的位置、备注、走访内容和补记保存多少天（按上海时间整日，自收到起），过期清除；签到本身与判定保留",
        "Days (whole ones, Shanghai) that a check-in's place, note, visit and additions are kept, then blanked",
    )
    copy_minutes: int = _setting(
        "GUATU_COPY_MINUTES",
        5,
        readers.whole(0, 1440),
        "同一个人两次下载本人全部资料至少间隔多少分钟",
        "Minutes between two downloads of all that is held about one person",
    )
    forgotten_hours: int = _setting(
        "GUATU_FORGOTTEN_HOURS",
        12,
        readers.whole(0, 720),
        "行程超过计划结束时间多少小时仍未结束，由系统自动结束",
        "Hours after its planned end at which a duty that nobody ended ends by itself",
    )
    patrol_ahead_days: int = _setting(
        "GUATU_PATROL_AHEAD_DAYS",
        7,
        readers.whole(0, 62),
        "提前多少天生成巡查",
        "Days ahead for which patrols are made of their plans",
    )
    patrol_remind_hours: int = _setting(
        "GUATU_PATROL_REMIND_HOURS",
        14,
        readers.whole(0, 168),
        "巡查时段开始前多少小时提醒有关人员",
        "Hours before a patrol's window opens at which those concerned are reminded",
    )
    household_idle_days: int = _setting(
        "GUATU_HOUSEHOLD_IDLE_DAYS",
        550,
        readers.whole(367, 3660),
        "住户多少天无人走访即自动不再联系，“关注什么”随即删除",
        "Days without a visit after which a household is let go by itself, and what to look after is deleted",
    )
    household_days: int = _setting(
        "GUATU_HOUSEHOLD_DAYS",
        730,
        readers.whole(1, 3660),
        "住户走访记录的文字、已不再联系的住户信息保存多少天",
        "Days that notes of household visits, and households let go, are kept",
    )
    log_open_days: int = _setting(
        "GUATU_LOG_OPEN_DAYS",
        15,
        readers.whole(0, 366),
        "一天过后多少天内，本人还可以补充当天的日志",
        "Days after its day during which its person may still add to a log",
    )
    evidence_days: int = _setting(
        "GUATU_EVIDENCE_DAYS",
        3650,
        readers.whole(1, 36_600),
        "项目阶段佐证的文件保存多少天，过期删除；名称、文号和日期仍在",
        "Days that files of evidence of projects are kept, then deleted; title, number and day stay",
    )
    query_days: int = _setting(
        "GUATU_QUERY_DAYS",
        14,
        readers.whole(1, 365),
        "对签到的询问多少天无人跟进即自动失效",
        "Days without a further word after which a query on a check-in lapses",
    )
    quiet_hours: Hours = _setting(
        "GUATU_QUIET_HOURS",
        Hours(time(21), time(7, 30)),
        readers.hours,
        "免打扰时段（北京时间）：除紧急情况外不提醒，也不向群里发消息；起止相同为不设",
        "Quiet hours (Shanghai): nobody is told anything but emergencies, nor is any group; begin and end alike: none",
    )
    notice_days: int = _setting(
        "GUATU_NOTICE_DAYS",
        90,
        readers.whole(1, 3660),
        "提醒保存多少天，过期删除；所据记录不受影响",
        "Days that notices are kept, then deleted; the record they were made of stays",
    )
    hooks: bool = _setting(
        "GUATU_HOOKS",
        False,
        readers.switch,
        "是否向企业微信、钉钉的群机器人发送汇总（消息离开本机，只有单位名称和件数）；默认关闭",
        "Whether digests (names of units and counts alone) leave for robots in WeCom and DingTalk groups; else off",
    )
    hook_origins: Listed = _setting(
        "GUATU_HOOK_ORIGINS",
        Listed(("https://qyapi.weixin.qq.com", "https://oapi.dingtalk.com")),
        readers.origins,
        "群机器人的地址只能在这些站点上；私有部署或网关在此加上",
        "The only origins a robot's address may lie at; add your own gateway here",
    )
    digest_times: Listed = _setting(
        "GUATU_DIGEST_TIMES",
        Listed((time(8, 30), time(17))),
        readers.times,
        "工作日几点向群里发送汇总（北京时间）",
        "Times of working days (Shanghai) at which groups are sent a digest",
    )
    stream_poll_ms: int = _setting(
        "GUATU_STREAM_POLL_MS",
        250,
        readers.whole(20, 5000),
        "每隔多少毫秒查看一次新事件",
        "Milliseconds between two looks for new events",
    )
    stream_places_ms: int = _setting(
        "GUATU_STREAM_PLACES_MS",
        1000,
        readers.whole(1000, 60_000),
        "有人查看地图时，每隔多少毫秒告知一次位置变化（每人至多一次）",
        "Milliseconds between two tellings of who has moved, while anybody listens; each person once at most",
    )
    stream_heartbeat_s: int = _setting(
        "GUATU_STREAM_HEARTBEAT_S",
        15,
        readers.whole(1, 60),
        "实时消息空闲多少秒发一次心跳",
        "Seconds without news after which a stream sends a heartbeat",
    )
    streams_per_session: int = _setting(
        "GUATU_STREAMS_PER_SESSION",
        8,
        readers.whole(1, 64),
        "一次登录最多同时打开几路实时消息（每个进程）；再多则关闭最早的一路",
        "Streams one session may have open at once in a process; one more ends the oldest",
    )
    sender_per_s: int = _setting(
        "GUATU_SENDER_PER_S",
        40,
        readers.whole(1, 100_000),
        "同一部手机、同一次登录每秒最多办理多少个请求（每个进程；可一时多至八秒的量）；更快的稍等，太快的请它稍后再发",
        "Requests of one phone or sign-in done in a second (in a process; eight seconds' worth at once): faster ones"
        " wait a little, those that come faster still are told to come again",
    )
    upload_mb: int = _setting(
        "GUATU_UPLOAD_MB",
        32,
        readers.whole(1, 512),
        "边界文件和项目佐证材料的最大大小（MB）",
        "Largest boundary file, and file of evidence, in MB",
    )
    photo_mb: int = _setting(
        "GUATU_PHOTO_MB",
        8,
        readers.whole(1, 64),
        "一张照片的最大大小（MB）；手机发送前已缩小",
        "Largest photo in MB; phones make them smaller before they send them",
    )
    photo_megapixels: int = _setting(
        "GUATU_PHOTO_MEGAPIXELS",
        50,
        readers.whole(1, 200),
        "一张照片最多多少百万像素",
        "Most megapixels of a photo",
    )
    photos_daily: int = _setting(
        "GUATU_PHOTOS_DAILY",
        100,
        readers.whole(0, 10_000),
        "每人每天（上海时间）最多接收多少张照片；0 为不接收照片",
        "Photos taken of one person in a day (Shanghai); 0: none are",
    )
    photos_gb: int = _setting(
        "GUATU_PHOTOS_GB",
        20,
        readers.whole(1, 100_000),
        "全部照片原件最多占用多少 GB",
        "GB that the originals of all photos may take together",
    )
    photo_days: int = _setting(
        "GUATU_PHOTO_DAYS",
        365,
        readers.whole(1, 3660),
        "照片保存多少天（按上海时间整日），过期逐张删除",
        "Days (whole ones, Shanghai) that photos are kept; then they are deleted one by one",
    )
    matter_days: int = _setting(
        "GUATU_MATTER_DAYS",
        1095,
        readers.whole(30, 36600),
        "事项办结（投诉建议答复）后，内容保存多少天（按上海时间整日），过期删除内容和照片，只留办理事实",
        "Days after a matter is closed, or a complaint answered, that its words, place and photos are kept",
    )
    photo_font: str = _setting(
        "GUATU_PHOTO_FONT",
        "",
        str,
        "照片加印所用的中文字体文件；为空时在系统字体中寻找 Noto CJK",
        "The font file photos are stamped with; empty: Noto CJK is looked for among the system's fonts",
    )
    feature_vertices: int = _setting(
        "GUATU_FEATURE_VERTICES",
        200_000,
        readers.whole(100, 2_000_000),
        "一个区域最多多少个顶点",
        "Most vertices of one area",
    )
    tiles_url: str = _setting(
        "GUATU_TILES_URL",
        "",
        str,
        "底图瓦片地址（可空）。例：天地图 WMTS 地址，含 {z}{x}{y} 与自己的密钥",
        "Base map tiles, may be empty. Example: Tianditu's address with {z}{x}{y} and your own key",
    )
    tiles_kind: str = _setting(
        "GUATU_TILES_KIND",
        "xyz",
        readers.one_of("xyz", "wmts"),
        "底图种类：xyz 或 wmts",
        "Kind of base map: xyz or wmts",
    )
    tiles_datum: str = _setting(
        "GUATU_TILES_DATUM",
        "WGS-84",
        readers.one_of("WGS-84", "CGCS2000", "GCJ-02"),
        "底图坐标系：天地图为 CGCS2000，高德、腾讯为 GCJ-02",
        "Datum of the base map: CGCS2000 for Tianditu, GCJ-02 for AMap and Tencent",
    )
    tiles_attribution: str = _setting(
        "GUATU_TILES_ATTRIBUTION",
        "",
        str,
        "底图的审图号与版权文字",
        "Approval number and copyright of the base map",
    )
    certificate: str = _setting(
        "GUATU_CERTIFICATE",
        "",
        str,
        "前置代理所用 TLS 证书的文件（只读证书，不读私钥）；运行状况页据此提示何时到期。为空则不看",
        "The file of the TLS certificate that the proxy in front serves (never its key): the status page says when it"
        " runs out. Empty: not looked at",
    )
    metrics_token: str = _setting(
        "GUATU_METRICS_TOKEN",
        "",
        readers.token,
        "Prometheus 读取 /metrics 时须带的令牌（Authorization: Bearer），至少 16 个字符；为空则不提供 /metrics",
        "The token Prometheus brings to read /metrics (Authorization: Bearer), 16 characters or more. Empty: nobody"
        " reads it",
    )
    log_level: str = _setting(
        "GUATU_LOG_LEVEL",
        "INFO",
        readers.one_of("DEBUG", "INFO", "WARNING", "ERROR"),
        "日志级别",
        "Log level",
    )
