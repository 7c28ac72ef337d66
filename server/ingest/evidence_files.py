"""Files of evidence in: whether one is what we keep, whole, and runs nothing; pictures come without their metadata.

What a file is, its bytes say, never its name.
"""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final, NoReturn

from server.errors import EvidenceRefused, PhotoRefused
from server.ingest import photos as pictures
from server.ingest.archives import BROKEN

TAIL_BYTES: Final = 2048
"""So near its end a PDF says that this is its end."""

RUNS: Final = (b"/JavaScript", b"/Launch", b"/EmbeddedFile")
"""What a PDF that does something when it is opened, or brings another file along, has in it."""

OFFICE: Final = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
UNPACKED_BYTES: Final = 256 * 2**20
MOST_MEMBERS: Final = 5000

PICTURE_PX: Final = 6000
"""The longest side of a picture that is kept: a page scanned at 500 dots to the inch."""

_HEADS: Final = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"RIFF")
_UNREADABLE: Final = (*BROKEN, RuntimeError)  # the last is what zipfile raises for a member with a password


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it is kept: of which kind, and its bytes."""

    form: str
    content: bytes


def read(content: bytes, *, most_megapixels: int) -> Read:
    """The file as it is kept; `EvidenceRefused` for what is of no kind we keep, is cut off, or runs."""
    if content.startswith(b"%PDF-"):
        return Read("pdf", _pdf(content))
    if content.startswith(b"PK\x03\x04"):
        return Read(_office(content), content)
    if content.startswith(_HEADS):
        return _picture(content, most_megapixels)
    raise EvidenceRefused(
        why_zh="只接收 PDF、JPEG、PNG、WebP 图片和 Word、Excel 文档（docx、xlsx）",
        why_en="only PDF, JPEG, PNG and WebP pictures, and Word and Excel documents (docx, xlsx) are taken",
    )


def _pdf(content: bytes) -> bytes:
    """A PDF that is here to its end."""
    if b"%%EOF" not in content[-TAIL_BYTES:]:
        _refuse("PDF 文件不完整", "the PDF is cut off")
    if any(each in content for each in RUNS):
        _refuse("PDF 含有脚本或附件", "the PDF has scripts or files in it")
    return content


def _office(content: bytes) -> str:
    """Which kind of office document an archive is, every part of it read once."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            _ensure_harmless(members)
            if archive.testzip() is not None:
                _refuse("文档已损坏", "the document is damaged")
    except _UNREADABLE as error:
        raise EvidenceRefused(
            why_zh="文档已损坏或有密码", why_en="the document is damaged or locked"
        ) from error
    names = {member.filename for member in members}
    for part, form in OFFICE.items():
        if part in names and "[Content_Types].xml" in names:
            return form
    raise EvidenceRefused(
        why_zh="压缩包不是 Word 或 Excel 文档", why_en="the archive is no Word or Excel document"
    )


def _ensure_harmless(members: list[zipfile.ZipInfo]) -> None:
    """Refuse what would fill the memory, and what runs."""
    if len(members) > MOST_MEMBERS or sum(each.file_size for each in members) > UNPACKED_BYTES:
        _refuse("文档解压后太大", "the document is too large unpacked")
    if any("vbaproject" in each.filename.lower() or "/activex/" in each.filename.lower() for each in members):
        _refuse("文档含有宏，请另存为不带宏的文档", "the document has macros; save it without them")


def _picture(content: bytes, most_megapixels: int) -> Read:
    """A picture upright, with its pixels and nothing else: where and by whom it was taken is not kept."""
    with NamedTemporaryFile(suffix=".picture") as file:
        file.write(content)
        file.flush()
        try:
            found = pictures.check(Path(file.name), most_megapixels=most_megapixels)
            image = pictures.upright(Path(file.name), side=PICTURE_PX)
        except PhotoRefused as error:
            raise EvidenceRefused(**error.facts) from error
    out = io.BytesIO()
    image.save(out, format=found.form.upper(), **_HOW[found.form])
    return Read(found.form, out.getvalue())


_HOW: Final[dict[str, dict[str, int]]] = {"jpeg": {"quality": 90}, "png": {}, "webp": {"quality": 90}}


def _refuse(zh: str, en: str) -> NoReturn:
    """Raise `EvidenceRefused` with its reason in both languages."""
    raise EvidenceRefused(why_zh=zh, why_en=en)
