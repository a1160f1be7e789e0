"""How a mail looks where it is dark: classes for what turns, and the style sheet that turns them.

A mail that is dark itself stays as it is. In a light one every ground that is light becomes dark, and every text on it light enough
to be read. Where a program darkens mails by itself (Gmail, Outlook), that is left to it.
"""

from chalicelib.marketing.templates.colours import (
    DARK_BACK,
    DARK_SURFACE,
    contrast,
    is_light,
    mixed,
    night_ground,
    night_text,
)


class Night:
    """Collects what turns. ``falls`` says whether anything does."""

    def __init__(self, surface: str):
        self.falls = is_light(surface)
        self._rules: dict[str, str] = {}

    def turns(self, ground: str) -> bool:
        """Whether this ground becomes dark."""
        return self.falls and is_light(ground)

    def ground(self, colour: str, kind: str = "") -> str | None:
        """The class of a ground: of the mail's ``surface``, of the ``back`` around it, or of a block."""
        if not self.turns(colour):
            return None
        name = f"n{kind[:1]}{colour[1:]}"
        dark = {"surface": DARK_SURFACE, "back": DARK_BACK}.get(kind) or night_ground(colour)
        self._rules[name] = (
            f".{name},.{name}>table,.{name}>tbody>tr>td,.{name}>div"
            f"{{ background:{dark} !important;background-color:{dark} !important; }}"
        )
        return name

    def text(self, colour: str, turns: bool, link: str) -> str | None:
        """The class of a text on a ground that turns; its links have a colour of their own."""
        if not turns:
            return None
        name = f"nt{colour[1:]}{link[1:]}"
        self._rules[name] = (
            f".{name},.{name} *{{ color:{night_text(colour)} !important; }}"
            f" .{name} a,.{name} a *{{ color:{night_text(link)} !important; }}"
        )
        return name

    def outline(self, colour: str, turns: bool) -> str | None:
        """The class of a button that is only a line."""
        if not turns:
            return None
        name, light = f"no{colour[1:]}", night_text(colour)
        self._rules[name] = (
            f".{name} td{{ border-color:{light} !important; }} .{name} a,.{name} p{{ color:{light} !important; }}"
        )
        return name

    def line(self, colour: str, turns: bool) -> str | None:
        """The class of a line."""
        if not turns:
            return None
        name = f"nl{colour[1:]}"
        dark = mixed(DARK_SURFACE, "#ffffff", 0.2) if contrast(colour, DARK_SURFACE) > 6 else colour
        self._rules[name] = f".{name} p{{ border-top-color:{dark} !important; }}"
        return name

    def style(self) -> str:
        """The style sheet."""
        if not self.falls:
            return ":root { color-scheme: light dark; }"
        rules = " ".join(self._rules.values())
        dark = f"body{{ background:{DARK_BACK} !important; }} {rules}"
        return (
            ":root { color-scheme: light dark; supported-color-schemes: light dark; } "
            f"@media (prefers-color-scheme: dark) {{ {dark} }}"
        )
