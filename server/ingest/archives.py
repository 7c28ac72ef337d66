"""The one set of boundaries in a zip archive, read without trusting a word the archive says of itself.

Nothing is written to disk here and no name from the archive becomes a path; sizes are added up before a byte is
unpacked, and `zipfile` never unpacks more than the size it was told.
"""

import io
import lzma
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import Final

from server.ingest.boundary_limits import BoundaryFileError, Limits

Files = dict[str, bytes]

_MAIN: Final = (".shp", ".geojson", ".json", ".gpkg", ".kml")
_BESIDE_SHAPEFILE: Final = (".shx", ".dbf", ".prj", ".cpg")
_ARCHIVES: Final = (".zip", ".kmz", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,  # what zipfile raises for a way of packing it does not know
    OSError,
    ValueError,
)
"""What reading an archive raises that is damaged."""

_SMALL_BYTES: Final = 1_000_000  # below this no ratio is suspicious


def unpacked(data: bytes, limits: Limits) -> Files:
    """The boundary file in a zip archive as suffix → bytes; with a `.shp` come its neighbours of the same name.

    Raises `BoundaryFileError`: `damaged`, `archive_too_large`, `archive_unsafe`, `archive_nested`,
    `archive_encrypted` or `archive_contents`.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = _members(archive, limits)
            return {suffix: archive.read(member) for suffix, member in _chosen(members).items()}
    except BROKEN as failure:
        raise BoundaryFileError("damaged", format="zip") from failure


def _members(archive: zipfile.ZipFile, limits: Limits) -> list[zipfile.ZipInfo]:
    """The files in the archive, once it is known to be harmless."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    whole, packed = sum(each.file_size for each in members), sum(each.compress_size for each in members)
    too_tight = whole > _SMALL_BYTES and whole > limits.max_ratio * max(packed, 1)
    if len(members) > limits.max_members or whole > limits.max_unpacked_bytes or too_tight:
        raise BoundaryFileError("archive_too_large")
    for member in members:
        _ensure_harmless(member)
    return [member for member in members if not _is_litter(member)]


def _ensure_harmless(member: zipfile.ZipInfo) -> None:
    path = PurePosixPath(member.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in member.filename:
        raise BoundaryFileError("archive_unsafe", name=_readable(member))
    if path.suffix.lower() in _ARCHIVES:
        raise BoundaryFileError("archive_nested", name=_readable(member))
    if member.flag_bits & 0x1:
        raise BoundaryFileError("archive_encrypted")


def _is_litter(member: zipfile.ZipInfo) -> bool:
    """Whether it is one of the hidden files that some systems add to every archive."""
    path = PurePosixPath(member.filename)
    return path.name.startswith(".") or "__MACOSX" in path.parts


def _chosen(members: list[zipfile.ZipInfo]) -> dict[str, zipfile.ZipInfo]:
    """The one boundary file by suffix, a Shapefile with its neighbours."""
    found = [member for member in members if _suffix(member) in _MAIN]
    found = [each for each in found if each.filename.lower() == "doc.kml"] or found  # what a KMZ shows first
    if len(found) != 1:
        names = "、".join(_readable(each) for each in found[:5]) or "—"
        raise BoundaryFileError("archive_contents", count=len(found), names=names)
    beside = [each for each in members if _stem(each) == _stem(found[0])]
    neighbours = {_suffix(each): each for each in beside if _suffix(each) in _BESIDE_SHAPEFILE}
    return {_suffix(found[0]): found[0]} | (neighbours if _suffix(found[0]) == ".shp" else {})


def _suffix(member: zipfile.ZipInfo) -> str:
    return PurePosixPath(member.filename).suffix.lower()


def _stem(member: zipfile.ZipInfo) -> str:
    return str(PurePosixPath(member.filename).with_suffix("")).lower()


def _readable(member: zipfile.ZipInfo) -> str:
    """The member's name; archives of Chinese Windows hold it in GBK without saying so."""
    name = member.filename
    if not member.flag_bits & 0x800:
        name = name.encode("cp437", "replace").decode("gbk", "replace")
    return name[:80]
