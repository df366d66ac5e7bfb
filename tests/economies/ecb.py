"""Files as the ECB writes them, made here."""

import io
import zipfile
from collections.abc import Mapping

HEAD = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
<gesmes:subject>Reference rates</gesmes:subject>
<Cube>
"""


def daily(days: Mapping[str, Mapping[str, str]]) -> bytes:
    """date → currency → rate, as XML."""
    lines = []
    for on, rates in days.items():
        lines += [f"<Cube time='{on}'>", *(f"<Cube currency='{code}' rate='{rate}'/>" for code, rate in rates.items()), "</Cube>"]
    return HEAD + "\n".join([*lines, "</Cube></gesmes:Envelope>"]).encode()


def table(days: Mapping[str, Mapping[str, str]]) -> bytes:
    """The same as the history's CSV, with its comma at each line's end."""
    codes = list(dict.fromkeys(code for rates in days.values() for code in rates))
    lines = [",".join(["Date", *codes, ""])]
    lines += [",".join([on, *(rates.get(code, "N/A") for code in codes), ""]) for on, rates in days.items()]
    return ("\n".join(lines) + "\n").encode()


def zipped(data: bytes, *names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ("eurofxref-hist.csv",):
            archive.writestr(name, data)
    return file.getvalue()
