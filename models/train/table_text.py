"""The text of a table that an operator brings."""

from pathlib import Path


def table_text(table: Path) -> str:
    """The content of a table in UTF-8, with or without a mark at its beginning, or in CP949.

    Raises:
        OSError: it cannot be read.
        ValueError: it is in neither; names the file.
    """
    content = table.read_bytes()
    for encoding in ("utf-8-sig", "cp949"):  # the latter is what Korean spreadsheets write
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ValueError(f"{table}: is text in neither UTF-8 nor CP949; save it as one of them")
