"""Read what could stall or fill a parser in a process of its own, which is ended when it takes too much.

No parser of markup is safe: 512 KB of attributes keep libxml2 busy for 15 s, 32 KB of ``![`` a parser of Markdown for
minutes, and neither can be stopped from within. The process starts with the first such input, serves all of a run,
and limits itself.
"""

from __future__ import annotations

import json
import math
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from io import BytesIO
from typing import IO, Any, cast

from dedup.errors import ReadError
from dedup.language import told
from dedup.model import Article, Block, Document, Notice, Problem, Skipped
from dedup.read.files import READ_ERRORS, Source, unreadable
from dedup.read.formats import Format, Item, named
from dedup.settings import Settings

CPU_S = 3
"""Seconds of computing that one input may take. A page of 5 MB, 40,000 paragraphs, takes 0.5."""
WALL_S = 60
"""Seconds after which a process that does not compute is given up: a machine may be busy with other things."""
MEMORY_BYTES = 1_000_000_000
MOST_BYTES = 64_000_000
"""Unpacked bytes of an input that is held as a whole: a packed one may be ten thousand times its size."""
_CONVERT = told("convert it to plain text, or leave it out")


class Guard:
    """Read sources in another process, one after the other; it is started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def close(self) -> None:
        """End the process."""
        self._end()

    def read(self, form: Format, source: Source, settings: Settings) -> Iterator[Item]:
        """Yield what the reader of `form` yields for `source`, all at once, if that takes no more than the limits.

        Raises:
            ReadError: it takes more, or the source is too large to be held.
            OSError, EOFError, zlib.error: the bytes cannot be read (READ_ERRORS).
        """
        content = source.open().read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            finding = told(f"larger than {MOST_BYTES // 10**6} MB unpacked, too large to be read as {form.name}")
            raise ReadError(source.name, finding, _CONVERT)
        request = {
            "format": form.name,
            "name": source.name,
            "path": source.path,
            "suffix": source.suffix,
            "in_walk": source.in_walk,
            "settings": settings.to_dict(),
        }
        answer = self._asked(request, content, source.name)
        if "error" in answer:
            raise ReadError(*answer["error"])
        yield from map(_item, answer["items"])

    def _asked(self, request: dict[str, Any], content: bytes, name: str) -> dict[str, Any]:
        """Return the answer of the process to a request; one that ends in the middle is replaced by the next."""
        process = self._started()
        to, from_ = cast("IO[bytes]", process.stdin), cast("IO[bytes]", process.stdout)
        with suppress(BrokenPipeError):
            _send(to, json.dumps(request).encode())
            _send(to, content)
        ready, _, _ = select.select([from_], [], [], WALL_S)
        answer = _received(from_) if ready else None
        if answer is not None:
            return cast("dict[str, Any]", json.loads(answer))
        code = self._end(kill=not ready)
        if code == -signal.SIGXCPU or not ready:
            raise ReadError(name, f"takes more than {CPU_S} seconds to read", _CONVERT)
        raise ReadError(name, f"cannot be read (its reader ended with {code})", _CONVERT)

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()  # somebody else ended it
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - nothing of it comes from an input
                # Isolated, but with the same places of packages as this process has.
                [sys.executable, "-I", "-c", _SERVE, *sys.path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C is for the run to heed, which then ends this
            )
        return self._process

    def _end(self, *, kill: bool = False) -> int | None:
        """End the process and return its exit code, None where there is none."""
        process, self._process = self._process, None
        if process is None:
            return None
        with process:
            with suppress(BrokenPipeError):
                cast("IO[bytes]", process.stdin).close()
            if kill:
                process.kill()
            return process.wait()


_SERVE = "import sys; sys.path[:] = sys.argv[1:]; from dedup.read.guard import serve; serve()"


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(len(message).to_bytes(8, "big"))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes | None:
    """Return the next message, None where the stream ends before it is whole."""
    size = int.from_bytes(stream.read(8), "big")
    message = stream.read(size)
    return message if size and len(message) == size else None


# --- in the process -------------------------------------------------------------------------------


def serve() -> None:
    """Answer requests on standard input until it ends. The limits hold from here on."""
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    _, most = resource.getrlimit(resource.RLIMIT_CPU)
    while (request := _received(sys.stdin.buffer)) is not None:
        content = _received(sys.stdin.buffer) or b""
        resource.setrlimit(resource.RLIMIT_CPU, (math.ceil(time.process_time()) + CPU_S, most))
        _send(sys.stdout.buffer, json.dumps(_answer(json.loads(request), content)).encode())
    os._exit(0)  # nothing is left to be tidied up


def _answer(request: dict[str, Any], content: bytes) -> dict[str, Any]:
    name = request["name"]
    source = Source(name, request["path"], BytesIO(content), request["suffix"], in_walk=request["in_walk"])
    try:
        items = [_plain(item) for item in named(request["format"]).reader(source, Settings(**request["settings"]))]
    except MemoryError:
        return {"error": [name, f"takes more than {MEMORY_BYTES // 10**9} GB of memory to read", _CONVERT]}
    except ReadError as error:
        return {"error": [error.place, error.finding, error.remedy]}
    except (*READ_ERRORS, UnicodeDecodeError) as error:
        problem = unreadable(name, error)
        return {"error": [problem.place, problem.finding, problem.remedy]}
    return {"items": items}


_KINDS = {kind.__name__: kind for kind in (Document, Problem, Skipped, Notice)}


def _plain(item: Item) -> tuple[str, dict[str, Any]]:
    if not isinstance(item, Document):
        return type(item).__name__, item._asdict()
    plain = {"id": item.id, "text": item.text, "path": item.path, "row": item.row, "named": item.named}
    blocks = None if item.blocks is None else list(map(list, item.blocks))
    article = None if item.article is None else asdict(item.article)
    return "Document", {**plain, "blocks": blocks, "article": article, "story": item.story}


def _item(sent: list[Any]) -> Item:
    kind, fields = sent
    if kind == "Document":
        blocks, article = fields["blocks"], fields["article"]
        fields["blocks"] = None if blocks is None else tuple(Block(*block) for block in blocks)
        fields["article"] = None if article is None else Article(**article)
        fields["story"] = tuple(fields["story"])
    made: Item = _KINDS[kind](**fields)
    return made
