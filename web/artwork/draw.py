"""Draws the pictures of the gallery of e-mail templates: SVG here, PNG in ``web/public/mail``."""

from pathlib import Path

import resvg_py

HERE = Path(__file__).parent


def main() -> None:
    """Every drawing, 1,200 pixels wide at most."""
    for drawing in sorted(HERE.glob("*.svg")):
        width = 600 if drawing.stem.startswith("product") else 1200
        made = resvg_py.svg_to_bytes(svg_string=drawing.read_text(), width=width)
        (HERE.parent / "public" / "mail" / f"{drawing.stem}.png").write_bytes(bytes(made))


if __name__ == "__main__":
    main()
