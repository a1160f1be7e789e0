"""Pictures made fit for mail."""

import io
import struct
import zlib

import pytest
from PIL import Image

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.images.domain import WIDEST
from chalicelib.marketing.images.fitting import fit


def made(form="PNG", size=(40, 30), mode="RGB", colour=(200, 30, 30), **options):
    out = io.BytesIO()
    Image.new(mode, size, colour).save(out, form, **options)
    return out.getvalue()


def noise(size):
    return Image.effect_noise(size, 90).convert("RGB")


def opened(fitted):
    return Image.open(io.BytesIO(fitted.content))


def test_a_big_photograph_becomes_a_small_jpeg():
    out = io.BytesIO()
    noise((3000, 2000)).save(out, "JPEG", quality=95)
    fitted = fit(out.getvalue())
    assert (fitted.media_type, fitted.ending, fitted.width, fitted.height) == ("image/jpeg", "jpg", WIDEST, 800)
    assert opened(fitted).size == (WIDEST, 800)
    assert len(fitted.content) < len(out.getvalue()) / 3


def test_a_small_one_keeps_its_size():
    assert (fit(made()).width, fit(made()).height) == (40, 30)


def test_what_can_be_seen_through_stays_so_and_what_cannot_does_not():
    clear = fit(made(mode="RGBA", colour=(0, 0, 0, 0)))
    assert (clear.media_type, opened(clear).mode) == ("image/png", "RGBA")
    assert opened(fit(made(mode="RGBA", colour=(9, 9, 9, 255)))).mode == "RGB"


def test_a_drawing_stays_sharp():
    """A PNG of few colours is smaller as PNG, and has no smears around its lines."""
    fitted = fit(made(size=(600, 600), colour=(200, 30, 30)))
    assert (fitted.media_type, opened(fitted).getpixel((3, 3))) == ("image/png", (200, 30, 30))


def test_a_phones_picture_takes_little_memory():
    """Forty million pixels are decoded in part, and copied only when they are few."""
    out = io.BytesIO()
    Image.new("RGB", (6000, 6000), (9, 99, 199)).save(out, "JPEG")
    before, seen = Image.Image.load, []

    def loaded(picture):
        seen.append(picture.size)
        return before(picture)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Image.Image, "load", loaded)
        fitted = fit(out.getvalue())
    assert (fitted.width, fitted.height) == (WIDEST, WIDEST)
    assert max(seen) <= (3000, 3000)


def test_webp_becomes_what_every_program_shows():
    assert fit(made("WEBP")).media_type in ("image/png", "image/jpeg")
    assert fit(made("WEBP", mode="RGBA", colour=(0, 0, 0, 0))).media_type == "image/png"


def test_a_photograph_is_turned_upright_and_says_nothing_of_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0112] = 6  # turn right
    exif[0x010F] = "SECRETCAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    out = io.BytesIO()
    noise((60, 40)).save(out, "JPEG", exif=exif, comment=b"SECRETCOMMENT")
    fitted = fit(out.getvalue())
    assert (fitted.width, fitted.height) == (40, 60)
    assert b"SECRET" not in fitted.content
    assert b"Exif" not in fitted.content


def test_what_hangs_behind_a_picture_is_gone():
    assert b"<script>" not in fit(made() + b"<script>alert(1)</script>").content


def test_moving_pictures_stay_gif():
    frames = [noise((20, 20)).convert("P") for _ in range(4)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    fitted = fit(out.getvalue())
    assert (fitted.media_type, fitted.ending, fitted.content) == ("image/gif", "gif", out.getvalue())
    webp = io.BytesIO()
    frames[0].convert("RGB").save(webp, "WEBP", save_all=True, append_images=[noise((20, 20))])
    with pytest.raises(InvalidError) as caught:
        fit(webp.getvalue())
    assert caught.value.fields[0].code == "unknown_type"


def bomb(width, height):
    """A PNG that says it is huge and has next to nothing in it."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "unknown_type"),
        (b"GIF89a", "unknown_type"),
        (b"hello", "unknown_type"),
        (b"%PDF-1.7 x", "unknown_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "unknown_type"),
        (b"<?xml version='1.0'?><svg/>", "unknown_type"),
        (made("BMP"), "unknown_type"),
        (made("TIFF"), "unknown_type"),
        (bomb(20_000, 20_000), "too_many_pixels"),
        (made(mode="L", size=(1_000_000, 1), colour=0), "too_many_pixels"),
        (bomb(1, 1_000_000), "too_many_pixels"),
        (bomb(1000, 1000), "broken"),
        (made(size=(400, 400))[:200], "broken"),
        (made("JPEG", size=(400, 400))[:300], "broken"),
    ],
)
def test_what_is_no_picture_for_mail_is_refused_by_name(content, code):
    with pytest.raises(InvalidError) as caught:
        fit(content)
    assert [(error.field, error.code) for error in caught.value.fields] == [("file", code)]
