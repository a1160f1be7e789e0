"""HTTP, public: the picture and the links of a message. Nothing here needs a cookie."""

from base64 import b64decode

from chalicelib.foundation.errors import NotFoundError
from chalicelib.foundation.http import Answer, Call, Routes
from chalicelib.foundation.http.call import PUBLIC
from chalicelib.marketing.tracking import service
from chalicelib.marketing.tracking.judging import request_of

routes = Routes("tracking", __name__)

_PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_PIXEL_HEADERS = {"Cache-Control": "no-store, private", "X-Robots-Tag": "noindex"}
_PAGE = "text/html; charset=utf-8"
_PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
}
_GONE = {
    "es": ("Este enlace no es válido", "Puede que se haya cortado al copiarlo. Ábrelo de nuevo desde el correo."),
    "en": ("This link is not valid", "It may have been cut when it was copied. Open it again from the e-mail."),
}


@routes.get("/t/o/{picture}", permission=PUBLIC, base="", raw=True)
def open_message(call: Call[None], picture: str) -> Answer:
    """The picture that tells that a message was opened; it comes whatever the token is."""
    runtime = call.runtime
    service.opened(
        table=runtime.table,
        clock=runtime.clock,
        signer=runtime.signer,
        token=picture.removesuffix(".gif"),
        request=request_of(call.headers, call.method, call.source_ip),
    )
    return Answer(_PIXEL, 200, _PIXEL_HEADERS, "image/gif")


@routes.get("/t/c/{token}", permission=PUBLIC, base="", raw=True, status=302)
def click_link(call: Call[None], token: str) -> Answer:
    """On to the address that is stored for this link."""
    return _follow(call, token)


@routes.endpoint("HEAD", "/t/c/{token}", permission=PUBLIC, base="", raw=True, status=302)
def look_at_link(call: Call[None], token: str) -> Answer:
    """Where the link leads, for whoever only asks."""
    return _follow(call, token)


def _follow(call: Call[None], token: str) -> Answer:
    runtime = call.runtime
    try:
        address = service.clicked(
            table=runtime.table,
            clock=runtime.clock,
            signer=runtime.signer,
            token=token,
            request=request_of(call.headers, call.method, call.source_ip),
        )
    except NotFoundError:
        return _gone(call)
    headers = {
        "Location": address,
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex",
    }
    return Answer("", 302, headers, "text/plain")


def _gone(call: Call[None]) -> Answer:
    from chalicelib.foundation.rendering import page  # brings Jinja

    language = next((each for each in call.languages if each in _GONE), "en")
    title, text = _GONE[language]
    html = page("marketing/tracking/gone.html", language=language, title=title, text=text)
    return Answer(html, 404, _PAGE_HEADERS, _PAGE)
