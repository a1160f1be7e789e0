"""Made-up companies and people. Deterministic: the same seed gives the same town. Addresses end in ``.example`` (RFC 2606)."""

import random
import unicodedata
from dataclasses import dataclass

_FIRST = {
    "es": [
        "Lucía",
        "Martín",
        "Sofía",
        "Hugo",
        "Valentina",
        "Mateo",
        "Camila",
        "Santiago",
        "Elena",
        "Álvaro",
        "Paula",
        "Diego",
        "Marta",
        "Javier",
        "Carmen",
        "Andrés",
        "Inés",
        "Pablo",
        "Ximena",
        "Nicolás",
        "Rocío",
        "Sergio",
        "Noelia",
        "Iván",
        "Beatriz",
        "Óscar",
        "Julieta",
        "Tomás",
        "Pilar",
        "Ramón",
        "Ainhoa",
        "Joaquín",
        "Montserrat",
        "Emilio",
    ],
    "en": [
        "Olivia",
        "Liam",
        "Emma",
        "Noah",
        "Charlotte",
        "Oliver",
        "Amelia",
        "James",
        "Harriet",
        "Theodore",
        "Grace",
        "Henry",
        "Chloe",
        "Samuel",
        "Ruby",
        "Arthur",
        "Maya",
        "Owen",
    ],
}
_LAST = {
    "es": [
        "García",
        "Fernández",
        "Rodríguez",
        "López",
        "Muñoz",
        "Sánchez",
        "Ibáñez",
        "Núñez",
        "Castro",
        "Ortega",
        "Delgado",
        "Peña",
        "Vega",
        "Ríos",
        "Cabrera",
        "Aguilar",
        "Quintero",
        "Salazar",
        "Montoya",
        "Echeverría",
        "Zabala",
        "Puig",
        "Ferrer",
        "Benítez",
        "Rojas",
        "Cárdenas",
        "Villalobos",
        "Urrutia",
    ],
    "en": [
        "Walker",
        "Thompson",
        "Bennett",
        "Hughes",
        "Foster",
        "O'Brien",
        "Campbell",
        "Price",
        "Fletcher",
        "Harrison",
        "Doyle",
        "Whitaker",
        "Ellis",
        "Marsh",
    ],
}
_PLACES = {
    "es": [
        ("Madrid", "ES", "Europe/Madrid"),
        ("Sevilla", "ES", "Europe/Madrid"),
        ("Valencia", "ES", "Europe/Madrid"),
        ("Bogotá", "CO", "America/Bogota"),
        ("Medellín", "CO", "America/Bogota"),
        ("Ciudad de México", "MX", "America/Mexico_City"),
        ("Santiago", "CL", "America/Santiago"),
        ("Las Palmas", "ES", "Atlantic/Canary"),
    ],
    "en": [
        ("London", "GB", "Europe/London"),
        ("Dublin", "IE", "Europe/Dublin"),
        ("Austin", "US", "America/Chicago"),
        ("Toronto", "CA", "America/Toronto"),
    ],
}
_COMPANIES = [
    ("Molinos del Sur", "es"), ("Óptica Miralles", "es"), ("Cerámicas Talavera", "es"), ("Viñedos Ribalta", "es"),
    ("Clínica Dental Sanz", "es"), ("Ferretería El Yunque", "es"), ("Librería Páramo", "es"), ("Autoescuela Norte", "es"),
    ("Hotel Bahía Azul", "es"), ("Panadería Espiga", "es"), ("Construcciones Urrutia", "es"), ("Gestoría Cervantes", "es"),
    ("Veterinaria Los Álamos", "es"), ("Floristería Jazmín", "es"), ("Talleres Quintero", "es"), ("Aceites Baeza", "es"),
    ("Academia Idiomas Plus", "es"), ("Estudio Arquitectura Núñez", "es"), ("Café Montaña", "es"), ("Turismo Andino", "es"),
    ("Logística Cárdenas", "es"), ("Moda Ximena", "es"), ("Energía Solar Levante", "es"), ("Inmobiliaria Plaza Mayor", "es"),
    ("Cooperativa La Huerta", "es"), ("Laboratorios Vega", "es"), ("Imprenta Moderna", "es"), ("Gimnasio Titán", "es"),
    ("Whitaker & Sons", "en"), ("Harbour Bakery", "en"), ("Bright Path Tutors", "en"), ("Fletcher Cycles", "en"),
    ("Northgate Dental", "en"), ("Maple Leaf Interiors", "en"), ("Doyle Freight", "en"), ("Lone Star Solar", "en"),
    ("Campbell Estates", "en"), ("Ellis Software", "en"), ("Marsh Brewing", "en"), ("Green Lane Clinic", "en"),
]  # fmt: skip
_FREE_MAIL = ("correo.example", "mail.example", "buzon.example")
_DIALLING = {"ES": "+346{:08d}", "CO": "+573{:09d}", "MX": "+5255{:08d}", "CL": "+569{:08d}", "GB": "+447{:09d}", "IE": "+3538{:08d}",
             "US": "+1512{:07d}", "CA": "+1416{:07d}"}  # fmt: skip
_NUMBERS = {"ES": (10_000_000, 89_999_999), "CO": (100_000_000, 199_999_999), "MX": (10_000_000, 89_999_999),
            "CL": (40_000_000, 89_999_999), "GB": (400_000_000, 599_999_999), "IE": (50_000_000, 79_999_999),
            "US": (2_000_000, 9_999_999), "CA": (2_000_000, 9_999_999)}  # fmt: skip


@dataclass(frozen=True)
class Company:
    """A made-up company."""

    name: str
    domain: str
    city: str
    country: str
    language: str


@dataclass(frozen=True)
class Person:
    """A made-up person, working at a company (position in `companies`) or at none."""

    first_name: str
    last_name: str
    email: str
    phone: str | None
    language: str
    time_zone: str
    city: str
    country: str
    company: int | None


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if letter.isascii() and (letter.isalnum() or letter == " "))


def companies(count: int = 40) -> list[Company]:
    """The companies, each with a domain of its own."""
    chance = random.Random("companies")
    made = []
    for name, language in _COMPANIES[:count]:
        city, country, _ = chance.choice(_PLACES[language])
        made.append(Company(name, _plain(name).replace(" ", "") + ".example", city, country, language))
    return made


def people(count: int, towns: list[Company]) -> list[Person]:
    """The people; four of five work somewhere, and no two have the same address."""
    chance = random.Random("people")
    made: list[Person] = []
    taken: set[str] = set()
    while len(made) < count:
        company = chance.randrange(len(towns)) if chance.random() < 0.8 else None
        language = towns[company].language if company is not None else chance.choice(("es", "es", "es", "en"))
        first = chance.choice(_FIRST[language])
        last = chance.choice(_LAST[language])
        second = f" {chance.choice(_LAST['es'])}" if language == "es" and chance.random() < 0.6 else ""
        domain = towns[company].domain if company is not None else chance.choice(_FREE_MAIL)
        local = f"{_plain(first)}.{_plain(last).replace(' ', '')}"
        email = f"{local}@{domain}" if f"{local}@{domain}" not in taken else f"{local}{len(made)}@{domain}"
        taken.add(email)
        city, country, zone = chance.choice(_PLACES[language])
        phone = _DIALLING[country].format(chance.randint(*_NUMBERS[country])) if chance.random() < 0.6 else None
        made.append(Person(first, last + second, email, phone, language, zone, city, country, company))
    return made
