"""Files of evidence as they come: what cannot be read is refused in a sentence, however it is damaged."""

import io
import zipfile

import pytest

from server.errors import EvidenceRefused
from server.ingest import evidence_files

PARTS = ("[Content_Types].xml", "word/document.xml")
ENCRYPTED = 0x1
"""The bit of a member's flags that says it has a password."""


def document(packing: int = zipfile.ZIP_DEFLATED) -> bytearray:
    """A Word document as far as we look into it, its members packed so."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", packing) as archive:
        for part in PARTS:
            archive.writestr(part, "<x/>" * 200)
    return bytearray(file.getvalue())


@pytest.mark.parametrize(
    "packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_a_document_is_taken_however_it_is_packed_and_refused_where_a_part_is_damaged(packing: int) -> None:
    whole = document(packing)
    assert evidence_files.read(bytes(whole), most_megapixels=50).form == "docx"
    begins = 30 + len(PARTS[0])
    whole[begins + 4 : begins + 20] = bytes(b ^ 0xFF for b in whole[begins + 4 : begins + 20])
    with pytest.raises(EvidenceRefused):
        evidence_files.read(bytes(whole), most_megapixels=50)


def test_a_document_with_a_password_is_refused() -> None:
    locked = document()
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        locked[locked.index(mark) + at] |= ENCRYPTED
    with pytest.raises(EvidenceRefused):
        evidence_files.read(bytes(locked), most_megapixels=50)


def test_a_document_packed_in_a_way_nobody_knows_is_refused() -> None:
    strange = document()
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        strange[strange.index(mark) + at] = 99
    with pytest.raises(EvidenceRefused):
        evidence_files.read(bytes(strange), most_megapixels=50)
