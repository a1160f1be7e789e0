"""Mailboxes anybody can open: an address there says nothing about where a person works."""

_EVERYWHERE = (  # brands that have a mailbox under many countries' domains
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "live",
    "yahoo",
    "ymail",
    "msn",
    "aol",
    "gmx",
    "icloud",
    "protonmail",
    "yandex",
    "zoho",
)

_FREE = frozenset(
    {
        # worldwide
        "me.com", "mac.com", "proton.me", "pm.me", "mail.com", "email.com", "fastmail.com", "fastmail.fm", "hey.com",
        "tutanota.com", "tuta.io", "tuta.com", "rocketmail.com", "inbox.com", "hushmail.com", "zohomail.eu", "zohomail.com",
        "mail.ru", "bk.ru", "list.ru", "web.de", "t-online.de", "free.fr", "orange.fr", "wanadoo.fr", "laposte.net", "sfr.fr",
        "libero.it", "tiscali.it", "virgilio.it", "alice.it", "sapo.pt", "comcast.net", "verizon.net", "att.net",
        "sbcglobal.net", "bellsouth.net", "cox.net", "btinternet.com", "sky.com", "virginmedia.com", "qq.com", "163.com",
        "126.com", "naver.com", "uol.com.br", "bol.com.br", "terra.com.br", "ig.com.br",
        # Spain and Spanish-speaking America
        "telefonica.net", "movistar.es", "movistar.net", "terra.es", "terra.com", "ya.com", "ono.com", "orange.es",
        "wanadoo.es", "jazztel.es", "euskaltel.net", "euskalnet.net", "r.com.es", "mundo-r.com", "latinmail.com", "telcel.com",
        "prodigy.net.mx", "terra.com.mx", "une.net.co", "etb.net.co", "speedy.com.ar", "fibertel.com.ar", "arnet.com.ar",
        "ciudad.com.ar", "vtr.net", "terra.cl", "adinet.com.uy", "cantv.net",
        # thrown away after use
        "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com", "temp-mail.org", "trashmail.com",
        "sharklasers.com", "getnada.com", "maildrop.cc", "dispostable.com", "throwawaymail.com",
    }
)  # fmt: skip


def is_free(domain: str) -> bool:
    """Whether addresses of this domain are given to anybody; ``domain`` in lower case."""
    return domain in _FREE or (domain.partition(".")[0] in _EVERYWHERE and len(domain) < 20)
