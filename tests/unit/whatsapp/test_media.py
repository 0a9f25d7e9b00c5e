import pytest

from chalicelib.whatsapp import media
from chalicelib.whatsapp.media import MB, Sniffed, TooLarge, WrongType

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def webp(flags=None):
    chunk = b"VP8X\x0a\x00\x00\x00" + bytes([flags]) if flags is not None else b"VP8L"
    return b"RIFF\x24\x00\x00\x00WEBP" + chunk + bytes(20)


HEADS = {
    "image/jpeg": b"\xff\xd8\xff\xe0\x00\x10JFIF",
    "image/png": b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR",
    "image/webp": webp(),
    "video/mp4": b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00",
    "video/3gpp": b"\x00\x00\x00\x18ftyp3gp5\x00\x00\x02\x00",
    "audio/mp4": b"\x00\x00\x00\x18ftypM4A \x00\x00\x02\x00",
    "audio/ogg": b"OggS\x00\x02",
    "audio/amr": b"#!AMR\n",
    "audio/aac": b"\xff\xf1\x50\x80",
    "audio/mpeg": b"\xff\xfb\x90\x64",
    "application/pdf": b"%PDF-1.7",
    "text/plain": "Grüße".encode(),
    "image/gif": b"GIF89a",
    "application/zip": b"PK\x03\x04\x14\x00",
    "application/x-ole-storage": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
}


@pytest.mark.parametrize("mime_type", HEADS)
def test_a_file_is_known_by_its_first_bytes(mime_type):
    assert media.sniff(HEADS[mime_type]) == Sniffed(mime_type)


def test_every_accepted_type_has_a_sample_or_is_inside_a_container():
    accepted = {mime for limits in media.ACCEPTED.values() for mime in limits}
    assert {mime for mime in accepted - set(HEADS) if "officedocument" not in mime} == {
        "application/msword",
        "application/vnd.ms-excel",
        "application/vnd.ms-powerpoint",
    }


def test_mp3_with_tags_and_an_animated_sticker():
    assert media.sniff(b"ID3\x04") == Sniffed("audio/mpeg")
    assert media.sniff(webp(flags=0x02)) == Sniffed("image/webp", animated=True)
    assert media.sniff(webp(flags=0x10)) == Sniffed("image/webp")


@pytest.mark.parametrize("head", [b"", b"\x00\x01\x02", b"MZ\x90\x00\x03", b"\x7fELF", b"\xc3\x28 not utf-8"])
def test_what_is_not_recognised_is_nothing(head):
    assert media.sniff(head) is None


def test_a_text_cut_inside_a_character_is_still_text():
    assert media.sniff(("ä" * 300).encode()[:511] + b"\xc3") == Sniffed("text/plain")


@pytest.mark.parametrize(
    ("media_type", "declared", "head", "sent_as"),
    [
        ("image", "image/png", "image/jpeg", "image/jpeg"),
        ("document", WORD, "application/zip", WORD),
        ("document", "application/msword", "application/x-ole-storage", "application/msword"),
        ("audio", "audio/mp4", "video/mp4", "audio/mp4"),
        ("audio", "audio/ogg; codecs=opus", "audio/ogg", "audio/ogg"),
        ("document", "text/csv", "text/plain", "text/plain"),
    ],
)
def test_the_content_decides_and_the_declared_type_only_inside_containers(media_type, declared, head, sent_as):
    assert media.check(media_type, declared, 100, HEADS[head]) == sent_as


@pytest.mark.parametrize(
    ("media_type", "declared", "head"),
    [
        ("image", "image/jpeg", b"MZ\x90\x00\x03\x00"),
        ("image", "image/jpeg", HEADS["application/pdf"]),
        ("image", "image/gif", HEADS["image/gif"]),
        ("document", "application/zip", HEADS["application/zip"]),
        ("document", WORD, HEADS["image/png"]),
        ("video", "audio/mp4", HEADS["video/mp4"]),
    ],
)
def test_a_wrong_type_is_refused(media_type, declared, head):
    with pytest.raises(WrongType):
        media.check(media_type, declared, 100, head)


@pytest.mark.parametrize(
    ("media_type", "mime_type", "head", "most"),
    [
        ("image", "image/jpeg", HEADS["image/jpeg"], 5 * MB),
        ("video", "video/mp4", HEADS["video/mp4"], 16 * MB),
        ("document", "application/pdf", HEADS["application/pdf"], 100 * MB),
        ("sticker", "image/webp", webp(), 100_000),
        ("sticker", "image/webp", webp(flags=0x02), 500_000),
    ],
)
def test_sizes_end_where_meta_ends_them(media_type, mime_type, head, most):
    assert media.check(media_type, mime_type, most, head) == mime_type
    for size in (most + 1, 0):
        with pytest.raises(TooLarge):
            media.check(media_type, mime_type, size, head)


def test_the_message_type_of_a_mime_type():
    assert media.media_type_of("image/jpeg") == "image"
    assert media.media_type_of("audio/ogg; codecs=opus") == "audio"
    assert media.media_type_of("application/x-msdownload") is None
