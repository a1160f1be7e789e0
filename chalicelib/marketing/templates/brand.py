"""How a workspace's mails look: its logo, colours, fonts, social profiles and the text at their end."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

COLOURS: Mapping[str, str] = MappingProxyType(
    {
        "primary": "#1f5eff",
        "secondary": "#0f766e",
        "background": "#f2f4f7",
        "surface": "#ffffff",
        "text": "#1d2733",
        "muted": "#5b6776",
        "link": "#1a4fd6",
        "on_primary": "#ffffff",
    }
)
"""The colours of a brand kit by name, as they are until somebody chooses."""

FONTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "arial": ("Arial", "Arial, Helvetica, sans-serif"),
        "helvetica": ("Helvetica", "'Helvetica Neue', Helvetica, Arial, sans-serif"),
        "verdana": ("Verdana", "Verdana, Geneva, sans-serif"),
        "tahoma": ("Tahoma", "Tahoma, Verdana, sans-serif"),
        "trebuchet": ("Trebuchet MS", "'Trebuchet MS', Tahoma, sans-serif"),
        "georgia": ("Georgia", "Georgia, 'Times New Roman', serif"),
        "times": ("Times New Roman", "'Times New Roman', Times, serif"),
        "courier": ("Courier New", "'Courier New', Courier, monospace"),
    }
)
"""Fonts that every mail program has: name and what is asked for, by key. Others would have to be loaded, which most refuse."""

NETWORKS: Mapping[str, str] = MappingProxyType(
    {
        "facebook": "Facebook",
        "instagram": "Instagram",
        "x": "X",
        "linkedin": "LinkedIn",
        "youtube": "YouTube",
        "tiktok": "TikTok",
        "whatsapp": "WhatsApp",
        "telegram": "Telegram",
        "pinterest": "Pinterest",
        "threads": "Threads",
        "website": "Web",
    }
)
"""The social networks that a mail may lead to, and their names."""


@dataclass(frozen=True, slots=True)
class Brand:
    """A workspace's brand kit. ``version`` is 0 while nobody has saved one."""

    logo_url: str = ""
    logo_alt: str = ""
    logo_width: int = 160
    colors: Mapping[str, str] = field(default_factory=dict)
    font: str = "arial"
    heading_font: str = "arial"
    radius: int = 6
    footer_text: str = ""
    social: tuple[tuple[str, str], ...] = ()
    updated_at: datetime | None = None
    changed_by: str = ""
    version: int = 0

    def colour(self, name: str) -> str:
        """``#rrggbb`` of a colour's name, or of one that is written out already."""
        return name if name.startswith("#") else self.colors.get(name) or COLOURS[name]

    def whole(self) -> "Brand":
        """The same with every colour there is."""
        return replace(self, colors={**COLOURS, **self.colors})

    def stack(self, font: str, *, heading: bool = False) -> str:
        """What is asked for where ``font`` is chosen; ``brand`` is the kit's own."""
        key = (self.heading_font if heading else self.font) if font == "brand" else font
        return FONTS[key][1]


DEFAULTS = Brand()
"""How mails look until somebody chooses."""
