"""What a file really is: told by its content, whatever its name and its sender say.

Taken are pictures, sound, films, PDF, documents, plain text and ZIP archives that hold such things. Refused, each by a rule with a
name:

- ``executable``: programs of any system, shortcuts, installers, scripts, alone or in an archive;
- ``markup``: HTML, SVG and XML, which a browser may run;
- ``macros``: documents that bring a program along;
- ``encrypted``: archives and documents that cannot be looked into;
- ``bomb``: archives that unpack to far more than they are;
- ``nested_archive``: archives within archives;
- ``unknown_type``: everything else;
- ``extension``: a name that promises another type than the content is.
"""

import io
import re
from dataclasses import dataclass

from chalicelib.foundation.errors import InvalidError

UNPACKED = 300 * 1024 * 1024
"""Bytes an archive may unpack to."""
RATIO = 200
"""How many times bigger than the archive that may be; small ones may be more."""
ENTRIES = 5000

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of file, and the endings its name may have."""

    media_type: str
    endings: tuple[str, ...]


PDF = Kind("application/pdf", ("pdf",))
PNG = Kind("image/png", ("png",))
JPEG = Kind("image/jpeg", ("jpg", "jpeg", "jfif"))
GIF = Kind("image/gif", ("gif",))
WEBP = Kind("image/webp", ("webp",))
TIFF = Kind("image/tiff", ("tif", "tiff"))
BMP = Kind("image/bmp", ("bmp",))
HEIC = Kind("image/heic", ("heic", "heif"))
AVIF = Kind("image/avif", ("avif",))
MP3 = Kind("audio/mpeg", ("mp3",))
WAV = Kind("audio/wav", ("wav",))
OGG = Kind("audio/ogg", ("ogg", "oga", "opus"))
FLAC = Kind("audio/flac", ("flac",))
M4A = Kind("audio/mp4", ("m4a",))
MP4 = Kind("video/mp4", ("mp4", "m4v", "m4a"))
MOV = Kind("video/quicktime", ("mov", "qt"))
WEBM = Kind("video/webm", ("webm", "mkv", "weba"))
DOCX = Kind(_OOXML + "wordprocessingml.document", ("docx",))
XLSX = Kind(_OOXML + "spreadsheetml.sheet", ("xlsx",))
PPTX = Kind(_OOXML + "presentationml.presentation", ("pptx",))
ODT = Kind(_ODF + "text", ("odt",))
ODS = Kind(_ODF + "spreadsheet", ("ods",))
ODP = Kind(_ODF + "presentation", ("odp",))
DOC = Kind("application/msword", ("doc",))
XLS = Kind("application/vnd.ms-excel", ("xls",))
PPT = Kind("application/vnd.ms-powerpoint", ("ppt",))
MSG = Kind("application/vnd.ms-outlook", ("msg",))
RTF = Kind("application/rtf", ("rtf",))
ZIP = Kind("application/zip", ("zip",))
TEXT = Kind("text/plain", ("txt", "log", "md"))
CSV = Kind("text/csv", ("csv", "tsv"))
JSON = Kind("application/json", ("json",))
ICS = Kind("text/calendar", ("ics",))
VCF = Kind("text/vcard", ("vcf",))
EML = Kind("message/rfc822", ("eml",))

KINDS = (
    PDF, PNG, JPEG, GIF, WEBP, TIFF, BMP, HEIC, AVIF, MP3, WAV, OGG, FLAC, M4A, MP4, MOV, WEBM, DOCX, XLSX, PPTX, ODT, ODS, ODP,
    DOC, XLS, PPT, MSG, RTF, ZIP, TEXT, CSV, JSON, ICS, VCF, EML,
)  # fmt: skip
_BY_ENDING = {ending: kind for kind in reversed(KINDS) for ending in kind.endings}
_TEXTS = (TEXT, CSV, JSON, ICS, VCF, EML)
_OLE = (DOC, XLS, PPT, MSG)

_PROGRAMS = (
    b"MZ", b"\x7fELF", b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe",
    b"\x00asm", b"dex\n", b"L\x00\x00\x00\x01\x14\x02\x00", b"#!", b"MSCF", b"!<arch>", b"xar!", b"\xed\xab\xee\xdb", b"ITSF",
    b"BC\xc0\xde", b"\x1bLua",
)  # fmt: skip
_PACKED = (
    b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"\x04\x22\x4d\x18",
    b"LZIP",
)  # fmt: skip
_RUNS = frozenset((
    "ade", "adp", "apk", "app", "appx", "application", "bash", "bat", "bin", "chm", "class", "cmd", "com",
    "command", "cpl", "dll", "dmg", "elf", "exe", "gadget", "hta", "htm", "html", "img", "inf", "ins", "iso", "jar",
    "js", "jse", "jsp", "ksh", "lnk", "mht", "mhtml", "msc", "msi", "msp", "mst", "pif", "php", "pl", "ps1",
    "ps1xml", "psc1", "psd1", "psm1", "py", "pyc", "pyw", "rb", "reg", "rgs", "scf", "scr", "sct", "sh", "shtml",
    "sk", "svg", "svgz", "swf", "sys", "url", "vb", "vba", "vbe", "vbs", "wasm", "website", "ws", "wsc", "wsf",
    "wsh", "xhtml", "xht", "xla", "xlam", "xll", "xml", "xsl", "xslt", "zsh",
))  # fmt: skip
_PAGES = frozenset({"htm", "html", "xhtml", "xht", "shtml", "svg", "svgz", "xml", "mht", "mhtml"})
_ARCHIVES = frozenset((
    "zip", "rar", "7z", "gz", "tgz", "bz2", "xz", "tar", "zst", "lz4", "cab", "arj", "z", "lz", "jar",
))  # fmt: skip
_MACRO_FILES = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|macros?/|basic/|scripts/python)", re.IGNORECASE)
_MARKUP = re.compile(
    rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|link|meta|style|\?xml|[a-z][a-z0-9]*:?svg)",
    re.IGNORECASE,
)
_UNUSED = frozenset((0x81, 0x8D, 0x8F, 0x90, 0x9D))  # bytes that no text in the encodings of western Windows has
_MAGIC = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"II*\x00", TIFF),
    (b"MM\x00*", TIFF),
    (b"ID3", MP3),
    (b"\xff\xfb", MP3),
    (b"\xff\xf3", MP3),
    (b"OggS", OGG),
    (b"fLaC", FLAC),
    (b"\x1aE\xdf\xa3", WEBM),
    (b"{\\rtf", RTF),
)
_MSI = bytes.fromhex("84100c0000000000c000000000000046")


def ending_of(file_name: str) -> str:
    """The ending of a name, in small letters; empty without one."""
    base, _, ending = file_name.rpartition(".")
    return ending.lower().strip() if base else ""


def check_name(file_name: str) -> None:
    """`InvalidError` names ``file_name`` when its ending is of no type that is taken."""
    ending = ending_of(file_name)
    if ending in _RUNS:
        code = "markup" if ending in _PAGES else "executable"
        raise InvalidError(f"Files that end in .{ending} are not taken.", field="file_name", code=code)
    if ending and ending not in _BY_ENDING:
        raise InvalidError(f"Files that end in .{ending[:20]} are not taken.", field="file_name", code="unknown_type")


def check(content: bytes, file_name: str) -> Kind:
    """What this is; `InvalidError` names ``file`` and the rule when it is not taken."""
    kind = _told(content, ending_of(file_name))
    ending = ending_of(file_name)
    if ending and ending not in kind.endings:
        raise _refused(f"The content is {kind.media_type}, and the name ends in .{ending[:20]}.", "extension")
    return kind


def _told(content: bytes, ending: str) -> Kind:
    for magic in _PROGRAMS:
        if content.startswith(magic):
            raise _refused("This is a program.", "executable")
    for magic in _PACKED:
        if content.startswith(magic):
            raise _refused("Archives of this kind are not taken; ZIP is.", "unknown_type")
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    found: Kind | None = None
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        found = _zip(content)
    elif content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        found = _ole(content, ending)
    elif content.startswith(b"RIFF"):
        found = {b"WEBP": WEBP, b"WAVE": WAV}.get(content[8:12])
    elif content.startswith(b"BM") and content[6:10] == b"\0\0\0\0":
        found = BMP
    elif content[4:8] == b"ftyp":
        found = _film(content)
    return found or _text(content, ending)


def _zip(content: bytes) -> Kind:
    import zipfile

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            first = (
                archive.read("mimetype")[:100]
                if "mimetype" in names and archive.getinfo("mimetype").file_size < 100
                else b""
            )
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError, KeyError) as error:
        raise _refused("This archive is broken, or cannot be looked into.", "unknown_type") from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise _refused("This archive is encrypted.", "encrypted")
    unpacked = sum(entry.file_size for entry in entries)
    if (
        len(entries) > ENTRIES
        or unpacked > UNPACKED
        or (unpacked > 10 * 1024 * 1024 and unpacked > RATIO * len(content))
    ):
        raise _refused("This archive unpacks to far more than it is.", "bomb")
    if any(_MACRO_FILES.search(name) for name in names):
        raise _refused("This document brings a program along.", "macros")
    document = _document(names, first.decode("ascii", "replace"))
    if document is not None:
        return document
    for name in names:
        inner = ending_of(name.rpartition("/")[2])
        if inner in _RUNS:
            raise _refused("This archive holds a program or a page.", "executable")
        if inner in _ARCHIVES:
            raise _refused("This archive holds another.", "nested_archive")
    return ZIP


def _document(names: set[str], declared: str) -> Kind | None:
    if "[Content_Types].xml" in names:
        for folder, kind in (("word/", DOCX), ("xl/", XLSX), ("ppt/", PPTX)):
            if any(name.startswith(folder) for name in names):
                return kind
        return None
    return next((kind for kind in (ODT, ODS, ODP) if declared.strip() == kind.media_type), None)


def _ole(content: bytes, ending: str) -> Kind:
    """The containers of older Office files: also of installers and of encrypted new ones. Layout: [MS-CFB] 2.2 and 2.6."""
    size = 1 << int.from_bytes(content[30:32], "little") if len(content) > 76 else 0
    if size not in (512, 4096):
        raise _refused("This document is broken.", "unknown_type")
    root = (int.from_bytes(content[48:52], "little") + 1) * size
    if content[root + 80 : root + 96] == _MSI:
        raise _refused("This is an installer.", "executable")
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise _refused("This document is encrypted.", "encrypted")
    if "_VBA_PROJECT".encode("utf-16-le") in content:
        raise _refused("This document brings a program along.", "macros")
    for kind in _OLE:
        if ending in kind.endings:
            return kind
    raise _refused("Old Office files are taken with their own ending.", "extension")


def _film(content: bytes) -> Kind:
    """What an ISO base media file is, by its brand."""
    brand = content[8:12].lower()
    if brand in (b"heic", b"heix", b"mif1", b"heim", b"hevc", b"msf1"):
        return HEIC
    if brand in (b"avif", b"avis"):
        return AVIF
    if brand == b"qt  ":
        return MOV
    return M4A if brand == b"m4a " else MP4


def _text(content: bytes, ending: str) -> Kind:
    """Plain text in UTF-8, UTF-16 with a mark, or an old one-byte encoding; not markup, not a script."""
    marks = ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"), (b"\xef\xbb\xbf", "utf-8"), (b"", "utf-8"))
    mark, encoding = next(each for each in marks if content.startswith(each[0]))
    try:
        text = content[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("latin-1")
        if any(byte in _UNUSED for byte in content[:100_000]):
            raise _refused("This is no type that we know.", "unknown_type") from None
    if any(character < " " and character not in "\t\n\r\f\x1b" for character in text[:200_000]):
        raise _refused("This is no type that we know.", "unknown_type")
    head = text[:65_536].encode("utf-8", "replace")
    if head.lstrip()[:1] == b"<" or (ending != "eml" and _MARKUP.search(head[:4096])):
        raise _refused("Pages and other markup are not taken.", "markup")
    if head.lstrip()[:2] == b"#!":
        raise _refused("This is a script.", "executable")
    return next((kind for kind in _TEXTS if ending in kind.endings), TEXT)


def _refused(message: str, code: str) -> InvalidError:
    return InvalidError(message, field="file", code=code)
