"""Pictures: are they whole, can they be made to fit, what do they look like small.

Pillow is imported here only, inside the functions: it is a third of a cold start, and most requests and messages have no picture.
"""

import io
from typing import IO, TYPE_CHECKING

from chalicelib.dataclass import dataclass

if TYPE_CHECKING:
    from PIL import Image

PREVIEW_PIXELS = 320
LONGEST_SIDE = 4096
MOST_PIXELS = 50_000_000
"""Decoded, a picture takes three or four bytes a pixel; a small file can claim any number of them."""
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_PLAIN = {"RGB", "RGBA", "L", "LA", "P"}
"""What WhatsApp shows: 8 bits a channel, no print colours."""


class NotAPicture(Exception):
    """It cannot be opened, is cut off, or has more pixels than anybody needs."""


@dataclass(frozen=True)
class Picture:
    """What was found: size, a small JPEG, and whether WhatsApp shows its colours."""

    width: int
    height: int
    preview: bytes
    plain: bool


def look(file: IO[bytes]) -> Picture:
    """Decodes the whole picture. Raises NotAPicture."""
    image = _opened(file)
    width, height = image.size
    small = _upright(image)
    small.thumbnail((PREVIEW_PIXELS, PREVIEW_PIXELS))
    return Picture(width, height, _jpeg(small, 80), image.mode in _PLAIN)


def fitted(file: IO[bytes], limit: int) -> tuple[bytes, int, int]:
    """The picture as a JPEG of at most `limit` bytes, with its new size; transparency becomes white. Raises NotAPicture."""
    image = _upright(_opened(file))
    image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    for quality in (88, 80, 70):
        if len(made := _jpeg(image, quality)) <= limit:
            return made, *image.size
    while min(image.size) > 16:
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4))
        if len(made := _jpeg(image, 75)) <= limit:
            return made, *image.size
    raise NotAPicture("the picture cannot be made small enough")


def _opened(file: IO[bytes]) -> "Image.Image":
    from PIL import Image, UnidentifiedImageError

    file.seek(0)
    try:
        image = Image.open(file, formats=_FORMATS)
        if image.width * image.height > MOST_PIXELS:
            raise NotAPicture(
                f"the picture has {image.width} x {image.height} pixels, at most {MOST_PIXELS:,} are taken"
            )
        image.load()
    except UnidentifiedImageError as error:
        raise NotAPicture("the file is not a picture that can be opened") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise NotAPicture("the picture is damaged or cut off") from error
    return image


def _upright(image: "Image.Image") -> "Image.Image":
    """A copy as it is to be seen: turned as the camera was held, on white, in plain colours."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        rgba = turned.convert("RGBA")
        white = Image.new("RGB", rgba.size, "white")
        white.paste(rgba, mask=rgba.getchannel("A"))
        return white
    return turned.convert("RGB")


def _jpeg(image: "Image.Image", quality: int) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()
