"""Pictures are decoded whole, made to fit, and seen small."""

import io

import pytest
from PIL import Image

from chalicelib.media.images import NotAPicture, fitted, look
from tests.support.media import png


def noise(width: int, height: int, kind: str = "PNG", mode: str = "RGB", **how: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((width, height), 100).convert(mode).save(out, kind, **how)
    return out.getvalue()


def test_a_picture_too_large_for_whatsapp_becomes_a_jpeg_that_fits() -> None:
    large = noise(1500, 1000)
    made, width, height = fitted(io.BytesIO(large), 300_000)
    assert len(made) <= 300_000 < len(large)
    with Image.open(io.BytesIO(made)) as image:
        assert (image.format, image.size) == ("JPEG", (width, height))
    assert round(width / height, 1) == 1.5


def test_transparency_becomes_white_and_a_turned_picture_is_turned() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(out, "PNG")
    made, *_ = fitted(out, 10_000)
    assert Image.open(io.BytesIO(made)).getpixel((5, 5)) == (255, 255, 255)
    turned = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.new("RGB", (20, 10)).save(turned, "JPEG", exif=exif)
    assert fitted(turned, 10_000)[1:] == (10, 20)


def test_a_picture_in_print_colours_is_known() -> None:
    assert not look(io.BytesIO(noise(50, 50, "JPEG", "CMYK"))).plain
    assert look(io.BytesIO(png())).plain


def test_a_preview_is_small() -> None:
    seen = look(io.BytesIO(noise(1500, 1000)))
    assert (seen.width, seen.height) == (1500, 1000)
    assert Image.open(io.BytesIO(seen.preview)).size == (320, 213)


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0/*=alert(1)*/", png()[:40], noise(100, 100)[:-400], b"\x89PNG\r\n\x1a\n" + bytes(100)]
)
def test_what_cannot_be_decoded_is_no_picture(content: bytes) -> None:
    with pytest.raises(NotAPicture):
        look(io.BytesIO(content))


def test_a_small_file_that_claims_a_giant_picture_is_not_decoded() -> None:
    bomb = bytearray(png())
    bomb[16:24] = (60_000).to_bytes(4, "big") * 2
    with pytest.raises(NotAPicture, match="picture"):
        look(io.BytesIO(bytes(bomb)))
