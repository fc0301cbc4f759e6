"""What a sync costs when nothing changed: ``python -m tests.bench.quiet FOLDER`` of one .tar.gz of Markdown per date.

The newest snapshot is built with the bundled model, as a folder and as a site served over HTTP, and synced again.
Raises ``AssertionError`` when that embeds or writes anything, or fetches a page whole.
"""

from __future__ import annotations

import argparse
import hashlib
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from index.embedding.encoder import SentenceEncoder
from ingest.site.crawl import WebSource
from ingest.site.web import WebOptions
from ingest.types import Source
from tests.bench.metered import Metered
from tests.bench.ours import Ours, handbook
from tests.bench.snapshots import lay, read_snapshots
from tests.bench.tables import Row, markdown, write_json
from tests.server import Request, Response, Route
from tests.site import RenderedSite

_TIMES = 5
_UNCONDITIONAL = frozenset(["/robots.txt", "/sitemap.xml"])  # asked for once a sync, to know what to ask for


def main() -> None:
    """Both kinds of source; the table on standard output."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    encoder = SentenceEncoder()
    encoder.encode_queries(["load the model before anything is timed"])
    newest = read_snapshots(options.folder)[-1]
    with tempfile.TemporaryDirectory() as place:
        pages = Path(place, "pages")
        lay(newest, pages)
        rows: list[Row] = [{"source": "folder", **_measure(Path(place, "one"), Metered(encoder), handbook(pages))}]
        site = RenderedSite(pages, newest.date)
        answers = _watch(site)
        with site.running():
            source = WebSource(WebOptions(sitemaps=(f"{site.url}/sitemap.xml",), delay_seconds=0), "handbook")
            row = _measure(Path(place, "other"), Metered(encoder), source, answers)
        rows.append({"source": "site", **row})
    sys.stdout.write(markdown(rows) + "\n")
    if options.json:
        write_json(rows, options.json)


def _measure(folder: Path, encoder: Metered, source: Source, answers: Counter[int] | None = None) -> Row:
    index = Ours(folder, encoder)
    build = _seconds(index, source)
    embedded, before = encoder.embedded, _digests(folder)
    if answers is not None:
        answers.clear()
    times = [_seconds(index, source) for _ in range(_TIMES)]
    after = _digests(folder)
    changed = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    assert encoder.embedded == embedded, f"{encoder.embedded - embedded} chunks were embedded again"
    assert not changed, f"files were written: {changed}"
    quiet = statistics.median(times)
    row: Row = {
        "chunks": embedded, "full build, s": build, "no change, s": quiet, "share, %": 100 * quiet / build,
        "embedded": 0, "files written": len(changed),
    }  # fmt: skip
    if answers is not None:
        assert set(answers) == {304}, f"pages were fetched whole: {answers}"
        row |= {"pages answered 304": answers[304] // _TIMES, "pages answered 200": answers[200]}
    return row


def _seconds(index: Ours, source: Source) -> float:
    """How long a sync takes, the stores opened and closed."""
    started = time.perf_counter()
    index.sync(source)
    return time.perf_counter() - started


def _digests(folder: Path) -> dict[str, str]:
    """The digest of every file of the stores."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _watch(site: RenderedSite) -> Counter[int]:
    """Counts the answers to requests for pages from now on, by their status."""
    statuses: Counter[int] = Counter()

    def watched(route: Route) -> Route:
        def answer(request: Request) -> Response:
            response = route if isinstance(route, Response) else route(request)  # type: ignore[arg-type]
            assert isinstance(response, Response)
            statuses[response.status] += 1
            return response

        return answer

    for path, route in site.server.routes.items():
        if path not in _UNCONDITIONAL:
            site.server.routes[path] = watched(route)
    return statuses


if __name__ == "__main__":
    main()
