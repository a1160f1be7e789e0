"""SVG to PNG, where the layer ``reporting`` (resvg and fonts) is installed.

Lambda has no fonts at all. The layer carries a subset of Inter as the package ``clientela_fonts``; in development the whole
family comes from ``fontpkg-inter``. System fonts are never looked at, so that a picture is the same everywhere.
"""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

_FONT_PACKAGES = (("clientela_fonts", "*.ttf"), ("fontpkg_inter", "files/Inter[[]*.ttf"))


class RendererMissingError(RuntimeError):
    """Neither the reporting layer nor the development packages are installed: a packaging fault."""


@cache
def font_files() -> tuple[str, ...]:
    """Paths of the fonts charts are drawn with, from the first package that is installed."""
    for package, pattern in _FONT_PACKAGES:
        spec = find_spec(package)
        for folder in (spec.submodule_search_locations or ()) if spec else ():
            if files := sorted(str(path) for path in Path(folder).glob(pattern)):
                return tuple(files)
    raise RendererMissingError(
        "No fonts to draw with: install the layer 'reporting', or fontpkg-inter for development."
    )


def to_png(svg: str, scale: float = 2.0) -> bytes:
    """The picture, ``scale`` pixels for each px of the SVG; 2 looks sharp on phones and modern screens.

    Raises:
        RendererMissingError: resvg or the fonts are not installed.
    """
    try:
        import resvg_py
    except ImportError as error:
        raise RendererMissingError("resvg-py is not installed: the function lacks the layer 'reporting'.") from error
    return bytes(
        resvg_py.svg_to_bytes(svg_string=svg, zoom=scale, font_files=list(font_files()), skip_system_fonts=True)
    )
