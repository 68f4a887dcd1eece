# SPDX-License-Identifier: MIT
"""What LibreOffice Calc makes of a CSV file: each cell with the type that it has there."""

import collections
import xml.etree.ElementTree
import zipfile

Cell = collections.namedtuple("Cell", "kind value text formula")

SPACE = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE, TEXT = (f"{{{SPACE}{name}:1.0}}" for name in ("office", "table", "text"))
EMPTY = 1000  # a cell that is repeated more often fills the sheet


def read(path):
    """The rows of an .ods file."""
    root = xml.etree.ElementTree.fromstring(zipfile.ZipFile(path).read("content.xml"))
    rows = []
    for row in root.iter(TABLE + "table-row"):
        cells = []
        for cell in row.findall(TABLE + "table-cell"):
            times = int(cell.get(TABLE + "number-columns-repeated", 1))
            kind = cell.get(OFFICE + "value-type", "empty")
            names = {"date": "date-value", "time": "time-value", "boolean": "boolean-value"}
            value = cell.get(OFFICE + names.get(kind, "value"))
            text = "\n".join(text_of(p) for p in cell.findall(TEXT + "p"))
            if times < EMPTY:
                cells += [Cell(kind, value, text, cell.get(TABLE + "formula"))] * times
        if cells:
            rows.append(cells)
    return rows


def text_of(element):
    """OpenDocument writes several spaces as one and an element."""
    text = element.text or ""
    for child in element:
        if child.tag == TEXT + "s":
            text += " " * int(child.get(TEXT + "c", 1))
        text += text_of(child) + (child.tail or "")
    return text


def convert(place, name, import_options=None):
    """Opens a CSV file as Calc does with these options, or with none, and reads it back."""
    command = ["soffice", "--headless", "--convert-to", "ods", name]
    if import_options:
        command.append("--infilter=CSV:" + import_options)
    place.run(*command)
    return read(place.path(name.replace(".csv", ".ods")))
