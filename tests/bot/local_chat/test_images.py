import struct
from collections.abc import Callable

import pytest

from bot.local_chat.images import picture_size

VP8X = (
    b"RIFF\0\0\0\0WEBPVP8X" + bytes(8) + (639).to_bytes(3, "little") + (479).to_bytes(3, "little")
)
VP8L = b"RIFF\0\0\0\0WEBPVP8L" + bytes(5) + (639 | 479 << 14).to_bytes(4, "little") + bytes(5)
VP8 = b"RIFF\0\0\0\0WEBPVP8 " + bytes(10) + struct.pack("<HH", 640, 480)
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10"
    + bytes(14)
    + b"\xff\xff\xc2\x00\x11\x08"
    + struct.pack(">HH", 480, 640)
    + bytes(12)
)


@pytest.mark.parametrize("head", [b"GIF89a" + struct.pack("<HH", 640, 480), VP8X, VP8L, VP8, JPEG])
def test_the_size_is_read_from_the_head(head: bytes) -> None:
    assert picture_size(head) == (640, 480)


def test_a_png(png: Callable[[int, int], bytes]) -> None:
    assert picture_size(png(31, 7)) == (31, 7)


@pytest.mark.parametrize("head", [b"", b"OggS" + bytes(40), JPEG[:20], b"\xff\xd8" + bytes(40)])
def test_anything_else_has_no_size(head: bytes) -> None:
    assert picture_size(head) is None
