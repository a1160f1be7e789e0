"""Days and times in words, for mails."""

from datetime import date, datetime

_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS = {
    "es": ("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}  # fmt: skip


def spoken_day(day: date, language: str) -> str:
    """``lunes 23 de noviembre``, ``Monday, 23 November``."""
    language = language if language in _DAYS else "en"
    name, month = _DAYS[language][day.weekday()], MONTHS[language][day.month - 1]
    return f"{name} {day.day} de {month}" if language == "es" else f"{name}, {day.day} {month}"


def spoken(moment: datetime, language: str) -> str:
    """``lunes 23 de noviembre a las 9:30``, ``Monday, 23 November at 9:30``: the moment as its own zone's clock shows it."""
    between = "a la" if moment.hour == 1 else "a las"
    return f"{spoken_day(moment.date(), language)} {between if language == 'es' else 'at'} {moment.hour}:{moment.minute:02}"
