"""Photos by name, for tests: drawn pictures, with what a camera writes beside them, and their way to the server."""

import hashlib
import io
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from PIL import Image, ImageDraw

from server.services import checkins, photos
from server.services.photos import Told
from tests.people import Someone
from tests.trips import told

PLACE = (29.601, 118.502)
MAKER = "Mark Camera Seven"
ORIENTATION, MAKE, GPS = 0x0112, 0x010F, 0x8825


def drawn(width: int = 320, height: int = 240, *, shade: str = "#4a6f5c") -> Image.Image:
    """A picture whose left half is dark and whose right half is light, so that turning it shows."""
    image = Image.new("RGB", (width, height), "#e9e4d4")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2, height), fill=shade)
    return image


def exif(*, orientation: int = 1) -> Image.Exif:
    """What a camera writes: which way it was held, who made it, and where it was."""
    written = Image.Exif()
    written[ORIENTATION], written[MAKE] = orientation, MAKER
    written[GPS] = {1: "N", 2: (PLACE[0], 0.0, 0.0), 3: "E", 4: (PLACE[1], 0.0, 0.0)}
    return written


def written(image: Image.Image | None = None, form: str = "JPEG", **how: Any) -> bytes:
    """A picture as a file of that form."""
    file = io.BytesIO()
    (image or drawn()).save(file, form, **how)
    return file.getvalue()


@dataclass(frozen=True)
class Taken:
    """A photo on a phone: its file, and the check-in it belongs to."""

    checkin_id: UUID
    content: bytes
    number: int = 1
    id: UUID = field(default_factory=uuid4)

    @property
    def told(self) -> Told:
        """It as announced to a verb."""
        return Told(self.id, **self.announced)

    @property
    def announced(self) -> dict[str, Any]:
        """It as announced."""
        return {
            "checkin_id": self.checkin_id,
            "number": self.number,
            "size": len(self.content),
            "sha256": hashlib.sha256(self.content).hexdigest(),
        }


def checked_in(who: Someone, trip: dict[str, Any] | None = None, *, count: int = 1, **changed: Any) -> UUID:
    """A check-in that tells of so many photos. Its id."""
    made = checkins.make(who.actor, told(trip, photo_count=count, **changed))
    checkin_id: UUID = made.document["id"]
    return checkin_id


def sent(who: Someone, taken: Taken) -> dict[str, Any]:
    """Send a photo whole."""
    photos.begin(who.actor, taken.told)
    return photos.send(who.actor, taken.id, taken.content, offset=0)
