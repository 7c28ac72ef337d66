"""A paper as one HTML file for a screen on the wall: large, in light, with nothing to fetch and nothing that runs."""

from collections.abc import Iterator, Sequence
from html import escape

from server.exports.papers import Column, Group, Paper, Table, plain, words

MIMETYPE = "text/html"

_STYLE = """
:root { font: 22px/1.6 "仿宋_GB2312", "FangSong", "仿宋", "Songti SC", "Noto Serif CJK SC", serif; color: #1d2a33; }
body { max-width: 1680px; margin: 0 auto; padding: 2rem 3rem; background: #fff; }
h1 { margin: 0 0 .4rem; color: #a83521; }
h1 { font: 700 2.1rem/1.35 "方正小标宋简体", "Songti SC", "Noto Serif CJK SC", serif; }
h1, .fact { text-align: center; }
.fact { margin: 0 0 1rem; }
h2 { margin: 1.6rem 0 .5rem; font: 700 1.25rem/1.4 "黑体", SimHei, "Noto Sans CJK SC", sans-serif; }
.body { text-indent: 2em; margin: .3rem 0; white-space: pre-line; }
table { width: 100%; border-collapse: collapse; break-inside: auto; }
th, td { padding: .35rem .6rem; border: 1px solid #555; overflow-wrap: break-word; white-space: pre-line; }
th { background: #f4efe4; font-family: "黑体", SimHei, "Noto Sans CJK SC", sans-serif; font-weight: 500; }
table:not(.many) { table-layout: fixed; }
.centred { text-align: center; }
td.centred { white-space: pre; }
.many { font-size: .78rem; }
.many th, .many td { min-width: 2.5em; padding: .3rem .4rem; }
tr { break-inside: avoid; }
.note { margin: .4rem 0; font-size: .85rem; }
.signed { margin: .8rem 0 0; text-align: right; }
.foot { margin-top: 1.5rem; color: #4a5660; font-size: .75rem; overflow-wrap: anywhere; }
.wide { overflow-x: auto; }
@media (max-width: 700px) { :root { font-size: 16px; } body { padding: 1rem; } h1 { font-size: 1.5rem; } }
@media (max-width: 700px) { table:not(.many) td.centred { white-space: pre-wrap; } }
@media print { :root { font-size: 12pt; } body { padding: 0; } }
"""


FEW = 7
"""A table of more columns than this is told in smaller letters."""


def write(paper: Paper) -> bytes:
    """The file as bytes."""
    return "\n".join(_lines(paper)).encode()


def _lines(paper: Paper) -> Iterator[str]:
    """The file line by line; whatever it tells is escaped."""
    yield '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>{_text(paper.title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>"
    yield f"<h1>{_text(paper.title)}</h1>"
    yield from _paragraphs(paper.facts, "fact")
    yield from _paragraphs(paper.body, "body")
    for table in paper.tables:
        yield from _table(table)
    yield from _paragraphs(paper.notes, "note")
    yield from _paragraphs(paper.signed, "signed")
    yield from _paragraphs([paper.foot], "foot")
    yield "</body>\n</html>"


def _paragraphs(texts: Sequence[str], kind: str) -> Iterator[str]:
    """Paragraphs of a kind."""
    for text in texts:
        yield f'<p class="{kind}">{_text(text)}</p>'


def _table(table: Table) -> Iterator[str]:
    """A table under its name."""
    kind = ' class="many"' if len(table.columns) > FEW else ""
    yield f'<h2>{_text(table.name)}</h2>\n<div class="wide"><table{kind}>\n{_widths(table.columns)}<thead><tr>'
    yield from (f'<th scope="col">{_text(column.title)}</th>' for column in table.columns)
    yield "</tr></thead>\n<tbody>"
    for group in table.groups:
        yield from _group(group, table.columns)
    if not table.groups:
        yield f'<tr><td class="centred" colspan="{len(table.columns)}">本期没有记录</td></tr>'
    yield "</tbody>\n</table></div>"


def _widths(columns: Sequence[Column]) -> str:
    """How wide the columns stand, as on paper: so tables of the same columns, one under the other, line up."""
    whole = sum(column.width_mm for column in columns)
    shares = (f'<col style="width:{100 * column.width_mm / whole:.2f}%">' for column in columns)
    return f"<colgroup>{''.join(shares)}</colgroup>\n"


def _group(group: Group, columns: Sequence[Column]) -> Iterator[str]:
    """The rows of a group, what they share written once."""
    for number, cells in enumerate(group.rows):
        shared = [] if number else [(cell, len(group.rows)) for cell in group.shared]
        told = shared + [(cell, 1) for cell in cells]
        under = columns[len(group.shared) :] if number else columns
        yield "<tr>"
        for (cell, rows), column in zip(told, under, strict=True):
            spans = f' rowspan="{rows}"' if rows > 1 else ""
            kind = ' class="centred"' if column.centred else ""
            yield f"<td{kind}{spans}>{_text(words(cell))}</td>"
        yield "</tr>"


def _text(text: str) -> str:
    """A text as a page can hold it."""
    return escape(plain(text))
