"""What people read about files and rows, in Spanish and English."""

FILES: dict[str, tuple[str, str]] = {
    "empty": ("El archivo está vacío.", "The file is empty."),
    "no_rows": ("El archivo no tiene filas bajo la cabecera.", "The file has no rows below its header."),
    "no_header": (
        "La primera fila debe dar nombre a las columnas; aquí ya contiene datos.",
        "The first row must name the columns; here it already has data.",
    ),
    "not_a_table": (
        "Esto no es una tabla: envíe CSV, XLSX o vCard.",
        "This is no table: send CSV, XLSX or vCard.",
    ),
    "encoding": ("La codificación del archivo no se puede leer.", "The file's encoding cannot be read."),
    "too_many_columns": ("El archivo tiene demasiadas columnas.", "The file has too many columns."),
    "too_many_rows": ("El archivo tiene más de 1.000.000 de filas.", "The file has more than 1,000,000 rows."),
    "too_big": ("El archivo supera los 200 MB.", "The file has more than 200 MB."),
    "too_big_unpacked": (
        "El libro es demasiado grande al descomprimirlo; guárdelo como CSV.",
        "The workbook is too big when unpacked; save it as CSV.",
    ),
    "bomb": (
        "El libro se descomprime a mucho más de lo que una tabla necesita; no se ha abierto.",
        "The workbook unpacks to far more than a table needs; it was not opened.",
    ),
    "encrypted": ("El libro está protegido con contraseña.", "The workbook is protected by a password."),
    "damaged": ("El archivo está dañado.", "The file is damaged."),
    "cell_too_long": (
        "Una celda no termina nunca: faltan comillas o saltos de línea.",
        "A cell never ends: a quotation mark or the line ends are missing.",
    ),
    "missing": ("El archivo no llegó a subirse.", "The file was never sent."),
    "interrupted": (
        "La importación se interrumpió demasiadas veces.",
        "The import was interrupted too many times.",
    ),
    "gone": ("Los archivos de esta importación ya se han borrado.", "This import's files have been deleted by now."),
}

ROWS: dict[str, tuple[str, str]] = {
    "email": ("No es una dirección de correo.", "This is not an e-mail address."),
    "phone": ("No es un número de teléfono.", "This is not a phone number."),
    "too_long": ("El texto es demasiado largo.", "The text is too long."),
    "control_character": ("El texto tiene un carácter de control.", "The text has a control character."),
    "lone_surrogate": ("El texto tiene medio carácter.", "The text has half a character."),
    "encoding": (
        "La fila no se puede leer en la codificación del archivo.",
        "The row cannot be read in the file's encoding.",
    ),
    "too_many_cells": ("La fila tiene más celdas que columnas.", "The row has more cells than there are columns."),
    "cell_too_long": ("Una celda tiene más de 100.000 caracteres.", "A cell has more than 100,000 characters."),
    "unclosed_quote": (
        "Aquí se abre una comilla que no se cierra: el resto del archivo quedó en esta celda.",
        "A quotation mark opens here and is never closed: the rest of the file went into this cell.",
    ),
    "vcard": ("La tarjeta no se puede leer.", "The card cannot be read."),
    "missing": ("Falta un valor.", "A value is missing."),
    "unknown": ("El valor no existe.", "There is no such value."),
    "date": ("No es una fecha.", "This is not a date."),
    "number": ("No es un número.", "This is not a number."),
    "boolean": ("No es sí ni no.", "This is neither yes nor no."),
    "url": ("No es una dirección web.", "This is not a web address."),
    "domain": ("No es un dominio.", "This is not a domain."),
    "language": ("No es un idioma.", "This is not a language."),
    "country": ("No es un país.", "This is not a country."),
    "unknown_zone": ("No es una zona horaria.", "This is not a time zone."),
    "out_of_range": ("El valor está fuera de rango.", "The value is out of range."),
    "too_many": ("Son demasiados.", "There are too many."),
    "taken": ("Ya lo tiene otro registro.", "Another record has it."),
    "exists": ("Ya existe.", "It exists already."),
    "repeated": ("La fila repite la fila {row}.", "The row repeats row {row}."),
    "not_found": ("No hay ningún registro así que actualizar.", "There is no such record to update."),
    "ambiguous": ("Hay más de un registro así.", "There is more than one such record."),
    "conflict": (
        "Otros lo cambiaban al mismo tiempo; impórtela otra vez.",
        "Others kept changing it at the same time; import the row again.",
    ),
    "currency": ("No es una moneda.", "This is not a currency."),
    "amount": ("No es un importe.", "This is not an amount."),
    "choice": ("No es una de las opciones.", "This is none of the choices."),
    "invalid": ("El valor no es válido.", "The value is not valid."),
    "edited": ("Alguien lo cambió después y se conserva.", "Somebody has changed it since; it is kept."),
    "in_use": ("Algo depende de él y se conserva.", "Something depends on it by now; it is kept."),
}


def message(code: str, language: str, *, given: str = "", row: str = "") -> str:
    """What to tell about a row: our words for the code, or else what the rule itself said."""
    words = ROWS.get(code)
    if words is None:
        return given or ROWS["invalid"][language != "es"]
    return words[language != "es"].replace("{row}", row)


def file_message(code: str, language: str) -> str:
    """What to tell about a file that cannot be imported."""
    words = FILES.get(code, FILES["damaged"])
    return words[language != "es"]
