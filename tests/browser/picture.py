"""Two pictures of a page: the same, or where they differ.

A baseline is kept as lossless WebP in 32 shades a channel: half the bytes, and no pixel further than 4 from what it was.
"""

import io
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

SAME_WITHIN = 12
"""How far a channel of a pixel may be off, of 255: by the few shades, and by how another machine smooths the edges of letters."""
TILE, MOST_OFF = 16, 12
"""A picture differs when, in a tile of 16 by 16, more pixels than this are off: a lost button is many in one place."""
_SHADE = 8


@dataclass(frozen=True)
class Difference:
    """Why two pictures are not the same; `marked` shows where."""

    why: str
    marked: Image.Image


def read(png: bytes | Path) -> Image.Image:
    return Image.open(io.BytesIO(png) if isinstance(png, bytes) else png).convert("RGB")


def difference(was: Image.Image, now: Image.Image) -> Difference | None:
    """None when they show the same."""
    if was.size != now.size:
        return Difference(f"it is {now.size[0]} by {now.size[1]} and was {was.size[0]} by {was.size[1]}", now)
    off = _off(was, now, SAME_WITHIN)
    tiles = off.reduce(TILE).point(lambda share: 255 if share * TILE * TILE > MOST_OFF * 255 else 0)
    place = tiles.getbbox()
    if place is None:
        return None
    left, top, right, bottom = (each * TILE for each in place)
    marked = now.copy()
    draw = ImageDraw.Draw(marked)
    for x in range(tiles.width):
        for y in range(tiles.height):
            if tiles.getpixel((x, y)):
                draw.rectangle((x * TILE, y * TILE, (x + 1) * TILE, (y + 1) * TILE), outline=(255, 0, 80))
    return Difference(f"it differs between {left},{top} and {min(right, now.width)},{min(bottom, now.height)}", marked)


def keep(picture: Image.Image, file: Path) -> None:
    """Writes a baseline."""
    file.parent.mkdir(parents=True, exist_ok=True)
    picture.point(lambda value: min(255, round(value / _SHADE) * _SHADE)).save(file, lossless=True)


def _off(one: Image.Image, other: Image.Image, within: int) -> Image.Image:
    """White where a pixel is off by more than that in any channel."""
    red, green, blue = ImageChops.difference(one, other).split()
    most = ImageChops.lighter(ImageChops.lighter(red, green), blue)
    return most.point(lambda value: 255 if value > within else 0)
