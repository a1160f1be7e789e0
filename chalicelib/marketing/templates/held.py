"""Placeholders taken out of a text while something reads it that must not see their quotes and brackets."""

import re

OPEN, CLOSE = "\ue000", "\ue001"
TOKEN = re.compile(f"{OPEN}([0-9]+){CLOSE}")


class Held:
    """Placeholders taken out of a text, each standing in it as one private character pair around its number."""

    def __init__(self) -> None:
        self.pieces: list[str] = []

    def take(self, source: str, field: str) -> str:
        """The text with its placeholders taken out; `InvalidError` names ``field`` when they cannot be read."""
        from chalicelib.foundation.rendering import placeholder_parts

        clean = source.replace(OPEN, "").replace(CLOSE, "")
        return "".join(self.hold(piece) if is_tag else piece for is_tag, piece in placeholder_parts(clean, field=field))

    def hold(self, piece: str) -> str:
        """What stands for this piece."""
        self.pieces.append(piece)
        return f"{OPEN}{len(self.pieces) - 1}{CLOSE}"

    def put_back(self, text: str) -> str:
        """The text with everything where it was."""
        return TOKEN.sub(lambda found: self.pieces[int(found[1])], text)

    def bare(self, text: str) -> str:
        """The text without what was held in it."""
        return TOKEN.sub("", text)
