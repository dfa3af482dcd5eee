"""The catalogues of messages: gathered from the code by Babel, completed by hand, compiled for gettext.

    python tests/catalogue.py

brings `dedup/locale/*/LC_MESSAGES/dedup.po` to what the code says now (new messages come empty, those that are no
longer said go), compiles every catalogue, and lists what is left to translate. Hand-work happens in the .po.
"""

import ast
import copy
import io
import itertools
import re
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from dedup.cli import cli, speech
from dedup.language import TOLD

PACKAGE = Path(__file__).parents[1] / "dedup"
LOCALES = PACKAGE / "locale"
HEAD = "# What dedup says to people. Brought up to date by tests/catalogue.py; GPL-3.0-or-later.\n#"
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
KEYWORDS = {
    **dict.fromkeys(("_say", "gettext", "mark", "say"), (1,)),
    **dict.fromkeys(("mark_n", "ngettext"), (1, 2)),
    "say_of": (2, 3),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
"""Functions of `dedup.language` -> which of their arguments are messages."""
MESSAGES = {
    **dict.fromkeys(("Problem", "ReadError", "ArchiveError"), (2, 3)),
    **dict.fromkeys(("Notice", "Skipped", "Damage", "refuse"), (2,)),
    "Row": (4,),
    **dict.fromkeys(("SettingsError", "InputError", "ScratchError", "UsageError", "BadParameter", "told"), (1,)),
}
"""What is made of messages that are said again -> which of its arguments they are."""
LEAST_LETTERS = 3
"""Letters of a template below which it could be anything."""


def extracted(file, names, comment_tags, options):
    """Yield the messages of a module, as Babel wants them.

    Babel's own extractor of Python reads tokens: it misses what stands within f-strings, and f-strings as messages.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", None))
            texts = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            places = KEYWORDS[name] if name in names and not name.endswith("pgettext") else ()
            if places and len(texts) >= max(places) and all(isinstance(texts[i - 1], str) for i in places):
                yield node.lineno, name, texts, []
            if name == "told_of" and len(texts) == 2:  # each is recognised by itself; the second counts
                yield node.lineno, "pgettext", (TOLD, texts[0]), []
                yield node.lineno, "npgettext", (TOLD, texts[1], texts[1]), []
            for place in MESSAGES.get(name, ()):
                if place <= len(node.args):
                    for template in templates(node.args[place - 1]):
                        yield node.lineno, "pgettext", (TOLD, template), []


def templates(node):
    """Yield the template of a message, with {0}, {1} ... for its values; of a choice, those of all that it can be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        numbers = itertools.count()
        parts = [
            part.value.replace("{", "{{").replace("}", "}}")
            if isinstance(part, ast.Constant)
            else f"{{{next(numbers)}}}"
            for part in node.values
        ]
        if len(re.findall(r"[^\W\d]", re.sub(r"\{\d+\}", "", "".join(parts)))) >= LEAST_LETTERS:
            yield "".join(parts)
    elif isinstance(node, ast.Tuple):
        yield from itertools.chain.from_iterable(map(templates, node.elts))
    elif isinstance(node, ast.IfExp):
        yield from (*templates(node.body), *templates(node.orelse))


METHODS = [("**.py", extracted), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS = {"**.html": {"trimmed": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}


def gathered():
    """Return the catalogue of what the code and the help say, without translations."""
    catalogue = Catalog(fuzzy=False)
    found = extract_from_dir(PACKAGE, METHODS, OPTIONS, KEYWORDS)
    for file, _, message, _, context in sorted(found, key=lambda each: (each[0], each[1])):
        catalogue.add(message, locations=[(file, None)], context=context)
    for name, message in helped():
        catalogue.add(message, locations=[(f"cli/{name}.py", None)])
    return catalogue


def helped():
    """Return what the help of every command says, each with the module of the command."""
    told = []
    commands = [("__init__", cli), *((name, cli.get_command(None, name)) for name in cli.list_commands(None))]
    for name, command in commands:
        for each in (command, *getattr(command, "commands", {}).values()):
            speech.retell(copy.copy(each), lambda text, name=name: told.append((name, text)) or text)
    return told


def read(path):
    """Return the catalogue of a .po file."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def updated(catalogue, messages):
    """Return a translated catalogue with exactly these messages, in their order."""
    new = Catalog(locale=catalogue.locale, fuzzy=False)
    new.mime_headers = [("Plural-Forms", catalogue.plural_forms)]
    for message in messages:
        if message.id:
            known = catalogue.get(message.id[0] if message.pluralizable else message.id, message.context)
            same = known is not None and known.id == message.id
            new.add(message.id, known.string if same else None, locations=message.locations, context=message.context)
    return new


def as_po(catalogue):
    """Return the text of a .po file: no dates and no line numbers, which would change with every edit."""
    catalogue.header_comment = HEAD
    file = io.BytesIO()
    write_po(file, catalogue, width=120, include_lineno=False)
    lines = file.getvalue().decode().splitlines(keepends=True)
    changing = (
        '"POT-Creation',
        '"PO-Revision',
        '"Project-Id',
        '"Report-Msgid',
        '"Last-Tr',
        '"Language-Team',
        '"Generated',
    )
    return "".join(line for line in lines if not line.startswith(changing))


def as_mo(catalogue):
    """Return the compiled catalogue: the same bytes from the same source, whenever it is made."""
    plain = Catalog(locale=catalogue.locale, project="dedup", version=None, creation_date=NEVER, fuzzy=False)
    plain.mime_headers = [("Plural-Forms", catalogue.plural_forms)]
    for message in catalogue:
        if message.id:
            plain.add(message.id, message.string, context=message.context)
    file = io.BytesIO()
    write_mo(file, plain)
    return file.getvalue()


def untranslated(catalogue):
    """Return the messages that have no translation, or not all of its forms."""
    return [m.id for m in catalogue if m.id and not all(m.string if m.pluralizable else [m.string])]


def main():
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        catalogue = read(path)
        if path.stem == "dedup":
            catalogue = updated(catalogue, gathered())
            path.write_text(as_po(catalogue), "utf-8")
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        for message in untranslated(catalogue):
            print(f"{path.relative_to(PACKAGE)}: not translated: {message!r}")


if __name__ == "__main__":
    main()
