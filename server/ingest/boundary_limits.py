"""What a boundary file may be at most, and the one error that refuses a file as a whole."""

from dataclasses import dataclass
from typing import Any, Final

from server.errors import Problem


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a boundary file and its parts may be; beyond, a file or a feature is refused."""

    max_bytes: int = 64 * 2**20
    max_unpacked_bytes: int = 256 * 2**20
    max_ratio: int = 200
    max_members: int = 256
    max_features: int = 10_000
    max_vertices: int = 200_000
    max_name_chars: int = 120
    max_code_chars: int = 64


class BoundaryFileError(Problem):
    """A boundary file that cannot be read at all; `reason` is a key of `REASONS`, whose words it says."""

    code = "boundary_file_refused"
    status = 422
    zh = "无法读取边界文件：{why_zh}。"
    en = "The boundary file cannot be read: {why_en}."

    def __init__(self, reason: str, **facts: Any) -> None:
        """Fill the sentences of `reason` from `facts`."""
        why_zh, why_en = REASONS[reason]
        super().__init__(reason=reason, why_zh=why_zh.format(**facts), why_en=why_en.format(**facts), **facts)
        self.reason = reason


REASONS: Final = {
    "too_large": (
        "文件有 {size_mb} MB，最多 {limit_mb} MB",
        "it has {size_mb} MB, at most {limit_mb} MB are taken",
    ),
    "unknown_format": (
        "“{filename}”不是 GeoJSON、GeoPackage、KML、KMZ，也不是打包成 zip 的 Shapefile",
        '"{filename}" is not GeoJSON, GeoPackage, KML, KMZ or a zipped Shapefile',
    ),
    "damaged": (
        "文件已损坏或不完整，不是可读的 {format}",
        "it is damaged or incomplete; it cannot be read as {format}",
    ),
    "encoding": (
        "文字编码无法识别，请另存为 UTF-8 后再导入",
        "its text is in an unknown encoding; save it as UTF-8 and try again",
    ),
    "archive_too_large": (
        "压缩包解开后太大，或压缩得异常（疑似压缩炸弹）",
        "the archive unpacks to too much, or is packed suspiciously tight",
    ),
    "archive_unsafe": (
        "压缩包里有不安全的路径：{name}",
        "the archive holds an unsafe path: {name}",
    ),
    "archive_nested": (
        "压缩包里还有压缩包（{name}），请先解开",
        "there is an archive inside the archive ({name}); unpack it first",
    ),
    "archive_encrypted": (
        "压缩包有密码，请去掉密码后重新打包",
        "the archive has a password; pack it again without one",
    ),
    "archive_contents": (
        "压缩包里应当正好有一份边界，找到 {count} 份：{names}",
        "the archive must hold exactly one set of boundaries; it holds {count}: {names}",
    ),
    "shapefile_incomplete": (
        "Shapefile 缺少 {missing} 文件，请把同名的 .shp、.shx、.dbf 一起打包成 zip",
        "the Shapefile lacks {missing}; zip the .shp, .shx and .dbf of one name together",
    ),
    "several_layers": (
        "文件里有多个面图层（{names}），请只留一个",
        "there are several layers of areas ({names}); keep only one",
    ),
    "no_layer": ("文件里没有面图层", "there is no layer of areas in it"),
    "external_reference": (
        "文件的内容在别处（{what}），系统不会去下载，请导出完整的文件",
        "its contents lie elsewhere ({what}), from where nothing is fetched; export a complete file",
    ),
    "field_missing": (
        "没有名为“{field}”的字段；文件里的字段有：{available}",
        'there is no field "{field}"; the fields are: {available}',
    ),
    "crs_unknown": (
        "文件声明的坐标系“{crs}”无法识别，请转为 CGCS2000 或 WGS-84",
        'its coordinate system "{crs}" is not known here; convert it to CGCS2000 or WGS-84',
    ),
    "crs_other": (
        "文件的坐标系是“{crs}”，与 WGS-84 相差可达百米，请先转为 CGCS2000 或 WGS-84",
        'its coordinate system is "{crs}", up to 100 m off WGS-84; convert it to CGCS2000 or WGS-84 first',
    ),
    "crs_projected": (
        "文件是平面坐标（{crs}），不可能是 {datum}；请改选 CGCS2000 或 WGS-84，或换用经纬度的文件",
        "its coordinates are projected ({crs}), which {datum} never is; choose CGCS2000 or WGS-84, or a file in "
        "longitude and latitude",
    ),
    "no_features": ("文件里没有任何区域", "there are no areas in it"),
    "too_many_features": (
        "区域太多，最多 {limit} 个，请分成几个文件",
        "there are too many areas, at most {limit} are taken; split the file",
    ),
}
