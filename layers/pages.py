"""The documents and features of the layer server as plain pages that people can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any
from urllib.parse import quote

import orjson

_PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title></head>
<body data-ready>
<h1>{title}</h1>
<p>{about}</p>
{body}
<nav><ul>{links}</ul></nav>
</body></html>
"""


def page(document: Mapping[str, Any]) -> str:
    """A document of links: its title, what it lists, its links."""
    listed = "".join(_card(item) for item in document.get("collections", ()))
    listed += "".join(f"<li>{escape(uri)}</li>" for uri in document.get("conformsTo", ()))
    return _filled(document, f"<ul>{listed}</ul>" if listed else "")


def features_page(
    title: str,
    features: Sequence[Mapping[str, Any]],
    links: Sequence[Mapping[str, Any]],
    address: str,
) -> str:
    """Features as a table, a row each; `address` is that of the items, to which each row leads."""
    path, _, query = address.partition("?")
    names = list(dict.fromkeys(name for f in features for name in f["properties"]))
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in names)
    rows = "".join(_row(feature, names, path, query) for feature in features)
    table = f"<table><thead><tr><th></th>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return _filled({"title": title, "links": links}, table)


def _row(feature: Mapping[str, Any], names: Sequence[str], path: str, query: str) -> str:
    asked = f"{query}&f=html" if query else "f=html"
    href = escape(f"{path}/{quote(str(feature['id']), safe='')}?{asked}")
    cells = "".join(_cell(feature["properties"].get(name)) for name in names)
    return f'<tr><td><a href="{href}">{escape(str(feature["id"]))}</a></td>{cells}</tr>'


def _filled(document: Mapping[str, Any], body: str) -> str:
    return _PAGE.format(
        title=escape(str(document.get("title", "reliefmap"))),
        about=escape(str(document.get("description", ""))),
        body=body,
        links="".join(_link(link) for link in document.get("links", ())),
    )


def _card(collection: Mapping[str, Any]) -> str:
    count = collection.get("itemCount", "")
    links = "".join(_link(link) for link in collection["links"])
    return f"<li><h2>{escape(collection['title'])} ({count})</h2><ul>{links}</ul></li>"


def _link(link: Mapping[str, Any]) -> str:
    title = escape(str(link.get("title") or link["rel"]))
    return f'<li><a href="{escape(link["href"])}">{title}</a> ({escape(link["rel"])})</li>'


def _cell(value: Any) -> str:
    shown = "" if value is None else value if isinstance(value, str) else orjson.dumps(value)
    return f"<td>{escape(shown.decode() if isinstance(shown, bytes) else shown)}</td>"
