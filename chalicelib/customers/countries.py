"""Countries by their ISO 3166-1 code, with their usual names in English and Spanish."""

import unicodedata
from functools import cache

_TABLE = """
AD|Andorra
AE|United Arab Emirates|Emiratos Árabes Unidos
AF|Afghanistan|Afganistán
AG|Antigua and Barbuda|Antigua y Barbuda
AI|Anguilla|Anguila
AL|Albania
AM|Armenia
AO|Angola
AQ|Antarctica|Antártida
AR|Argentina
AS|American Samoa|Samoa Americana
AT|Austria
AU|Australia
AW|Aruba
AX|Åland Islands|Islas Åland
AZ|Azerbaijan|Azerbaiyán
BA|Bosnia and Herzegovina|Bosnia y Herzegovina
BB|Barbados
BD|Bangladesh
BE|Belgium|Bélgica
BF|Burkina Faso
BG|Bulgaria
BH|Bahrain|Bahráin
BI|Burundi
BJ|Benin|Benín
BL|Saint Barthélemy|San Bartolomé
BM|Bermuda|Bermudas
BN|Brunei|Brunéi
BO|Bolivia
BQ|Bonaire, Sint Eustatius and Saba|Bonaire, San Eustaquio y Saba
BR|Brazil|Brasil
BS|Bahamas
BT|Bhutan|Bután
BV|Bouvet Island|Isla Bouvet
BW|Botswana|Botsuana
BY|Belarus|Bielorrusia
BZ|Belize|Belice
CA|Canada|Canadá
CC|Cocos Islands|Islas Cocos
CD|Congo (Democratic Republic)|Congo (República Democrática)
CF|Central African Republic|República Centroafricana
CG|Congo (Republic)|Congo (República)
CH|Switzerland|Suiza
CI|Côte d'Ivoire|Costa de Marfil
CK|Cook Islands|Islas Cook
CL|Chile
CM|Cameroon|Camerún
CN|China
CO|Colombia
CR|Costa Rica
CU|Cuba
CV|Cape Verde|Cabo Verde
CW|Curaçao
CX|Christmas Island|Isla de Navidad
CY|Cyprus|Chipre
CZ|Czechia|Chequia
DE|Germany|Alemania
DJ|Djibouti|Yibuti
DK|Denmark|Dinamarca
DM|Dominica
DO|Dominican Republic|República Dominicana
DZ|Algeria|Argelia
EC|Ecuador
EE|Estonia
EG|Egypt|Egipto
EH|Western Sahara|Sahara Occidental
ER|Eritrea
ES|Spain|España
ET|Ethiopia|Etiopía
FI|Finland|Finlandia
FJ|Fiji|Fiyi
FK|Falkland Islands|Islas Malvinas
FM|Micronesia
FO|Faroe Islands|Islas Feroe
FR|France|Francia
GA|Gabon|Gabón
GB|United Kingdom|Reino Unido
GD|Grenada|Granada
GE|Georgia
GF|French Guiana|Guayana Francesa
GG|Guernsey|Guernesey
GH|Ghana
GI|Gibraltar
GL|Greenland|Groenlandia
GM|Gambia
GN|Guinea
GP|Guadeloupe|Guadalupe
GQ|Equatorial Guinea|Guinea Ecuatorial
GR|Greece|Grecia
GS|South Georgia and the South Sandwich Islands|Islas Georgia del Sur y Sandwich del Sur
GT|Guatemala
GU|Guam
GW|Guinea-Bissau|Guinea-Bisáu
GY|Guyana
HK|Hong Kong
HM|Heard Island and McDonald Islands|Islas Heard y McDonald
HN|Honduras
HR|Croatia|Croacia
HT|Haiti|Haití
HU|Hungary|Hungría
ID|Indonesia
IE|Ireland|Irlanda
IL|Israel
IM|Isle of Man|Isla de Man
IN|India
IO|British Indian Ocean Territory|Territorio Británico del Océano Índico
IQ|Iraq
IR|Iran|Irán
IS|Iceland|Islandia
IT|Italy|Italia
JE|Jersey
JM|Jamaica
JO|Jordan|Jordania
JP|Japan|Japón
KE|Kenya|Kenia
KG|Kyrgyzstan|Kirguizistán
KH|Cambodia|Camboya
KI|Kiribati
KM|Comoros|Comoras
KN|Saint Kitts and Nevis|San Cristóbal y Nieves
KP|North Korea|Corea del Norte
KR|South Korea|Corea del Sur
KW|Kuwait
KY|Cayman Islands|Islas Caimán
KZ|Kazakhstan|Kazajstán
LA|Laos
LB|Lebanon|Líbano
LC|Saint Lucia|Santa Lucía
LI|Liechtenstein
LK|Sri Lanka
LR|Liberia
LS|Lesotho|Lesoto
LT|Lithuania|Lituania
LU|Luxembourg|Luxemburgo
LV|Latvia|Letonia
LY|Libya|Libia
MA|Morocco|Marruecos
MC|Monaco|Mónaco
MD|Moldova|Moldavia
ME|Montenegro
MF|Saint Martin|San Martín
MG|Madagascar
MH|Marshall Islands|Islas Marshall
MK|North Macedonia|Macedonia del Norte
ML|Mali|Malí
MM|Myanmar
MN|Mongolia
MO|Macao
MP|Northern Mariana Islands|Islas Marianas del Norte
MQ|Martinique|Martinica
MR|Mauritania
MS|Montserrat
MT|Malta
MU|Mauritius|Mauricio
MV|Maldives|Maldivas
MW|Malawi|Malaui
MX|Mexico|México
MY|Malaysia|Malasia
MZ|Mozambique
NA|Namibia
NC|New Caledonia|Nueva Caledonia
NE|Niger|Níger
NF|Norfolk Island|Isla Norfolk
NG|Nigeria
NI|Nicaragua
NL|Netherlands|Países Bajos
NO|Norway|Noruega
NP|Nepal
NR|Nauru
NU|Niue
NZ|New Zealand|Nueva Zelanda
OM|Oman|Omán
PA|Panama|Panamá
PE|Peru|Perú
PF|French Polynesia|Polinesia Francesa
PG|Papua New Guinea|Papúa Nueva Guinea
PH|Philippines|Filipinas
PK|Pakistan|Pakistán
PL|Poland|Polonia
PM|Saint Pierre and Miquelon|San Pedro y Miquelón
PN|Pitcairn|Islas Pitcairn
PR|Puerto Rico
PS|Palestine|Palestina
PT|Portugal
PW|Palau|Palaos
PY|Paraguay
QA|Qatar
RE|Réunion|Reunión
RO|Romania|Rumanía
RS|Serbia
RU|Russia|Rusia
RW|Rwanda|Ruanda
SA|Saudi Arabia|Arabia Saudita
SB|Solomon Islands|Islas Salomón
SC|Seychelles
SD|Sudan|Sudán
SE|Sweden|Suecia
SG|Singapore|Singapur
SH|Saint Helena|Santa Helena
SI|Slovenia|Eslovenia
SJ|Svalbard and Jan Mayen|Svalbard y Jan Mayen
SK|Slovakia|Eslovaquia
SL|Sierra Leone|Sierra Leona
SM|San Marino
SN|Senegal
SO|Somalia
SR|Suriname|Surinam
SS|South Sudan|Sudán del Sur
ST|São Tomé and Príncipe|Santo Tomé y Príncipe
SV|El Salvador
SX|Sint Maarten
SY|Syria|Siria
SZ|Eswatini|Esuatini
TC|Turks and Caicos Islands|Islas Turcas y Caicos
TD|Chad
TF|French Southern Territories|Territorios Franceses del Sur
TG|Togo
TH|Thailand|Tailandia
TJ|Tajikistan|Tayikistán
TK|Tokelau
TL|Timor-Leste|Timor Oriental
TM|Turkmenistan|Turkmenistán
TN|Tunisia|Túnez
TO|Tonga
TR|Turkey|Turquía
TT|Trinidad and Tobago|Trinidad y Tobago
TV|Tuvalu
TW|Taiwan|Taiwán
TZ|Tanzania
UA|Ukraine|Ucrania
UG|Uganda
UM|United States Minor Outlying Islands|Islas menores alejadas de los Estados Unidos
US|United States|Estados Unidos
UY|Uruguay
UZ|Uzbekistan|Uzbekistán
VA|Vatican City|Ciudad del Vaticano
VC|Saint Vincent and the Grenadines|San Vicente y las Granadinas
VE|Venezuela
VG|British Virgin Islands|Islas Vírgenes Británicas
VI|U.S. Virgin Islands|Islas Vírgenes de los Estados Unidos
VN|Vietnam
VU|Vanuatu
WF|Wallis and Futuna|Wallis y Futuna
WS|Samoa
YE|Yemen
YT|Mayotte
ZA|South Africa|Sudáfrica
ZM|Zambia
ZW|Zimbabwe|Zimbabue
"""


@cache
def codes() -> frozenset[str]:
    """Every code."""
    return frozenset(code for code, *_ in _rows())


@cache
def names(language: str) -> tuple[tuple[str, str], ...]:
    """Code and name in Spanish (``es``) or English, in the order of the names."""
    position = 1 if language == "es" else 0
    return tuple(sorted(((code, both[position]) for code, *both in _rows()), key=lambda row: _plain(row[1])))


def code_of(text: str) -> str | None:
    """The code of a country written as a code or as its name in either language, with or without accents; None for others."""
    text = " ".join(text.split())
    return text.upper() if text.upper() in codes() else _by_name().get(_plain(text))


_ALSO = (
    "US|usa|eeuu|ee uu|ee.uu.|u.s.a.|u.s.|united states of america|estados unidos de america",
    "GB|uk|u.k.|great britain|england|scotland|wales|inglaterra|escocia|gran bretana",
    "ES|esp|espana",
    "CZ|czech republic|republica checa",
    "NL|holland|the netherlands|holanda",
    "RU|russian federation|federacion rusa",
    "KR|korea|south korea|corea|corea del sur",
)


@cache
def _by_name() -> dict[str, str]:
    found = {_plain(name): code for code, *both in _rows() for name in both}
    for line in _ALSO:
        code, *names_ = line.split("|")
        found |= dict.fromkeys(names_, code)
    return found


@cache
def _rows() -> tuple[tuple[str, str, str], ...]:
    rows = [line.split("|") for line in _TABLE.split("\n") if line]
    return tuple((row[0], row[1], row[-1]) for row in rows)


def _plain(text: str) -> str:
    """For sorting: without accents."""
    return "".join(each for each in unicodedata.normalize("NFD", text.casefold()) if not unicodedata.combining(each))
