"""What a user agent says: which program reads mail, on what kind of device. A short table of what readers of mail send, in the order in
which its words have to be looked for; a library of all the web's agents is a megabyte of expressions and knows few mail programs.
"""

from functools import lru_cache
from typing import NamedTuple

UNKNOWN = "unknown"
CLIENTS = (
    "gmail", "apple_mail", "outlook", "outlook_web", "outlook_mobile", "yahoo", "thunderbird", "samsung_mail", "duckduckgo", "proton",
    "spark", "edison", "bluemail", "airmail", "evolution", "kmail", "lotus_notes", "webmail", UNKNOWN,
)  # fmt: skip
DEVICES = ("desktop", "phone", "tablet", UNKNOWN)

_PROXIES = (
    ("googleimageproxy", "gmail"),
    ("ggpht.com", "gmail"),
    ("yahoomailproxy", "yahoo"),
    ("outlookimageproxy", "outlook_web"),
    ("duckduckgo", "duckduckgo"),
)
"""They fetch a picture in the reader's place when the message is opened: a person, seen through a curtain."""
_PROGRAMS = (
    ("outlook-ios", "outlook_mobile"),
    ("outlook-android", "outlook_mobile"),
    ("microsoft outlook", "outlook"),
    ("msoffice", "outlook"),
    ("ms-office", "outlook"),
    ("microsoft office", "outlook"),
    ("thunderbird", "thunderbird"),
    ("samsungemail", "samsung_mail"),
    ("samsung email", "samsung_mail"),
    ("protonmail", "proton"),
    ("readdle", "spark"),
    ("spark/", "spark"),
    ("edison", "edison"),
    ("bluemail", "bluemail"),
    ("airmail", "airmail"),
    ("evolution", "evolution"),
    ("kmail", "kmail"),
    ("lotus-notes", "lotus_notes"),
)
_BROWSERS = ("chrome/", "crios/", "firefox/", "fxios/", "edg/", "edgios/", "opr/", "version/", "safari/", "trident/")
MACHINES = (
    "bot", "crawler", "spider", "scanner", "preview", "curl/", "wget/", "python-", "go-http-client", "java/", "okhttp",
    "headless", "barracuda", "proofpoint", "mimecast", "safelinks", "urldefense", "fireeye", "trendmicro", "symantec",
    "sophos", "forcepoint", "cloudmark", "messagelabs", "skypeuripreview", "slackbot", "linkcheck", "linkvalidator",
    "virustotal", "phantomjs", "axios/", "node-fetch", "libwww", "httpclient", "zgrab", "apple-pubsub", "checkpoint",
    "fortigate", "trustwave", "zscaler", "ironport", "cisco-", "vade", "hornetsecurity", "avanan", "abnormal", "puppeteer",
    "playwright", "selenium", "ruby", "perl", "php/", "guzzle", "scrapy", "facebookexternalhit",
)  # fmt: skip
"""What programs that are no readers say of themselves, in lower case. A messenger that looks at a shared link is one of them."""


class Agent(NamedTuple):
    """What a user agent says of its reader: a name of `CLIENTS`, one of `DEVICES`; ``proxy`` when it stands in the reader's place,
    ``machine`` when it says itself that it is none.
    """

    client: str
    device: str
    proxy: bool = False
    machine: bool = False


@lru_cache(maxsize=500)
def agent_of(user_agent: str) -> Agent:
    """What it says."""
    text = user_agent[:500].lower()
    proxy = next((name for word, name in _PROXIES if word in text), "")
    if proxy:
        return Agent(proxy, UNKNOWN, proxy=True)
    program = next((name for word, name in _PROGRAMS if word in text), "")
    machine = not program and any(word in text for word in MACHINES)
    return Agent(program or _browser(text), _device(text), machine=machine)


def _browser(text: str) -> str:
    if any(word in text for word in _BROWSERS):
        return "webmail"
    apple = "applewebkit" in text and any(word in text for word in ("macintosh", "iphone", "ipad"))
    return "apple_mail" if apple else UNKNOWN  # Apple's Mail is its browser without the browser's name


def _device(text: str) -> str:
    if (
        "ipad" in text
        or "tablet" in text
        or ("android" in text and "mobile" not in text and "outlook-android" not in text)
    ):
        return "tablet"
    if any(word in text for word in ("iphone", "ipod", "mobile", "android", "outlook-ios")):
        return "phone"
    if any(
        word in text for word in ("windows nt", "macintosh", "x11", "linux", "cros ", "msoffice", "microsoft outlook")
    ):
        return "desktop"
    return UNKNOWN
