"""Making a picture fit for mail: read, turned upright, made smaller and written anew, without anything but its pixels.

Pillow is in the layer ``pictures``.
"""

import io
import warnings
from dataclasses import dataclass

from chalicelib.foundation.errors import InvalidError
from chalicelib.marketing.images.domain import LONGEST, PIXELS, WIDEST

_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
_FRAMES = 300
_MOVING_LARGEST = 3 * 1024 * 1024
_QUALITY = 84
_TOO_MANY = f"A picture has at most {PIXELS // 1_000_000} million pixels."


@dataclass(frozen=True, slots=True)
class Fitted:
    """A picture as it is served."""

    content: bytes
    media_type: str
    ending: str
    width: int
    height: int


def fit(content: bytes) -> Fitted:
    """The picture as mail programs show it: PNG, JPEG, or GIF where it moves. `InvalidError` names ``file`` when it is none that is
    taken, too big, or broken.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if content.lstrip()[:5].lower() in (b"<?xml", b"<svg ", b"<svg>"):
        raise _refused("SVG is not shown by mail programs. Take PNG or JPEG.", "unknown_type")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=_FORMATS)
    except UnidentifiedImageError as error:
        raise _refused("This is no PNG, JPEG, GIF or WebP.", "unknown_type") from error
    except Image.DecompressionBombError as error:
        raise _refused(_TOO_MANY, "too_many_pixels") from error
    except (OSError, ValueError, SyntaxError) as error:
        raise _refused("This picture cannot be read.", "broken") from error
    if picture.width * picture.height > PIXELS:
        raise _refused(_TOO_MANY, "too_many_pixels")
    if max(picture.size) > LONGEST:
        raise _refused(f"A picture's side has at most {LONGEST} pixels.", "too_many_pixels")
    try:
        if getattr(picture, "n_frames", 1) > 1:
            return _moving(picture, content)
        if picture.format == "JPEG":  # decoded at half or a quarter, while that is still bigger than what is kept
            picture.draft(None, (2 * WIDEST, 2 * WIDEST))
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        return _still(picture)
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise _refused("This picture is broken.", "broken") from error


def _still(picture: object) -> Fitted:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    see_through = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    drawn = picture.mode == "P" or picture.format == "PNG"
    mode = "RGBA" if see_through else "RGB"
    made = picture
    if made.mode not in ("RGBA", "RGB", "L", "LA") or "transparency" in picture.info:
        made = made.convert(mode)
    if made.width > WIDEST:  # before another copy of all its pixels is made: a phone's picture has 160 MB
        height = max(1, round(made.height * WIDEST / made.width))
        made = made.resize((WIDEST, height), Image.Resampling.LANCZOS)
    if made.mode != mode:
        made = made.convert(mode)
    if see_through and made.getchannel("A").getextrema()[0] == 255:
        made, see_through = made.convert("RGB"), False
    choices = []
    if not see_through:
        choices.append(("image/jpeg", "jpg", _written(made, "JPEG", quality=_QUALITY, optimize=True, progressive=True)))
    if see_through or drawn:
        choices.append(("image/png", "png", _written(made, "PNG", optimize=True)))
    media_type, ending, content = min(choices, key=lambda each: len(each[2]))
    return Fitted(content, media_type, ending, made.width, made.height)


def _moving(picture: object, content: bytes) -> Fitted:
    """An animation stays as it is: made anew it would be bigger. It has to be a GIF, which alone is shown everywhere, and small."""
    from PIL import Image

    assert isinstance(picture, Image.Image)
    if picture.format != "GIF":
        raise _refused("Pictures that move have to be GIF.", "unknown_type")
    frames = int(getattr(picture, "n_frames", 1))
    if len(content) > _MOVING_LARGEST or frames > _FRAMES or picture.width * picture.height * frames > 4 * PIXELS:
        raise _refused("A picture that moves has at most 3 MB and 300 frames.", "too_large")
    for number in range(frames):
        picture.seek(number)
        picture.load()
    return Fitted(content, "image/gif", "gif", picture.width, picture.height)


def _written(picture: object, form: str, **options: object) -> bytes:
    from PIL import Image

    assert isinstance(picture, Image.Image)
    out = io.BytesIO()
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)  # pixels alone: no profile, no place, no name of the camera
    clean.save(out, form, **options)  # type: ignore[arg-type]
    return out.getvalue()


def _refused(message: str, code: str) -> InvalidError:
    return InvalidError(message, field="file", code=code)
