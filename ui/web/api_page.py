"""The page ``/api/docs``: what programs can ask of the server, drawn from its own OpenAPI description.

It is plain HTML that loads nothing but our style sheets.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from markupsafe import Markup

from ui.http.headers import policy

_PATH = "/api/docs"
_FRAME = Markup(
    '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>HTTP API · {name}</title>'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><link rel="icon" type="image/svg+xml" href="/ui/icon.svg">'
    '<link rel="stylesheet" href="/ui/colours.css"><link rel="stylesheet" href="/ui/api.css"></head>'
    '<body><header><a class="wordmark" href="/">{name}</a></header><main><h1>HTTP API</h1>'
    '<p>Programs read the same in <a href="/api/openapi.json">openapi.json</a>; other makers’ assistants ask at '
    "<code>/mcp</code> (Model Context Protocol).</p>"
    "{operations}<h2>What is sent and given</h2>{schemas}</main></body></html>"
)
_REF = "#/components/schemas/"
_SAMPLES = {"question": "How many days of leave do I get?", "history": ["Who may take leave?"], "thumb": "up"}


def install_api_page(app: FastAPI) -> None:
    """Add the page for the routes that the application has when it is first asked for."""
    headers = {
        "Content-Security-Policy": policy("'none'", style_src="'self'", font_src="'self'", img_src="'self'"),
        "X-Frame-Options": "DENY",
    }

    @app.get(_PATH, include_in_schema=False)
    def page() -> HTMLResponse:
        return HTMLResponse(api_html(app.openapi(), app.title), headers=headers)


def api_html(described: Mapping[str, Any], name: str) -> str:
    """The page for an OpenAPI 3.1 description."""
    schemas: Mapping[str, Any] = described.get("components", {}).get("schemas", {})
    operations = Markup().join(
        _operation(path, method, operation, schemas)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    )
    return _FRAME.format(
        name=name, operations=operations, schemas=Markup().join(_schema(key, each) for key, each in schemas.items())
    )


def _operation(path: str, method: str, operation: Mapping[str, Any], schemas: Mapping[str, Any]) -> Markup:
    body = _content(operation.get("requestBody", {}))
    fields = [
        (each["name"], each["in"], each.get("schema", {}), bool(each.get("required")), each.get("description", ""))
        for each in operation.get("parameters", ())
    ]
    answers = Markup().join(
        Markup("<li><b>{}</b> {} {}</li>").format(status, answer.get("description", ""), _type(_content(answer)))
        for status, answer in operation.get("responses", {}).items()
    )
    return Markup(
        '<section><h2><span class="method">{}</span> <code>{}</code></h2><p>{}</p>{}{}<h3>Answers</h3><ul>{}</ul>'
        "</section>"
    ).format(
        method.upper(), path, _told(operation.get("description") or operation.get("summary", "")), _fields(fields),
        _body(path, body, schemas) if body else "", answers,
    )  # fmt: skip


def _body(path: str, body: Mapping[str, Any], schemas: Mapping[str, Any]) -> Markup:
    known = schemas.get(body.get("$ref", "").removeprefix(_REF), {})
    sample = {name: _SAMPLES.get(name, "…") for name in known.get("properties", {})}
    call = f"curl -H 'Content-Type: application/json' -d '{json.dumps(sample, ensure_ascii=False)}' https://…{path}"
    return Markup("<p>Send {} as JSON:</p>{}").format(
        _type(body), Markup('<pre tabindex="0"><code>{}</code></pre>').format(call) if sample else ""
    )


def _schema(name: str, schema: Mapping[str, Any]) -> Markup:
    needed = schema.get("required", ())
    fields = [
        (field, "", each, field in needed, each.get("description", ""))
        for field, each in schema.get("properties", {}).items()
    ]
    return Markup('<section id="{0}"><h3><code>{0}</code></h3><p>{1}</p>{2}</section>').format(
        name, _told(schema.get("description", "")), _fields(fields)
    )


def _fields(fields: Iterable[tuple[str, str, Mapping[str, Any], bool, str]]) -> Markup:
    rows = Markup().join(
        Markup("<li><code>{}</code>{} {}{} {}</li>").format(
            name, f" in {place}" if place else "", _type(schema), "" if needed else ", may be left out", _told(told)
        )
        for name, place, schema, needed, told in fields
    )
    return Markup('<ul class="fields">{}</ul>').format(rows) if rows else Markup()


def _told(text: str) -> Markup:
    """A docstring's words: what stands between double backticks is code."""
    parts = text.split("``")
    return Markup().join(
        Markup("<code>{}</code>" if place % 2 else "{}").format(part) for place, part in enumerate(parts)
    )


def _content(part: Mapping[str, Any]) -> Mapping[str, Any]:
    """The schema of a body or an answer, if it has one."""
    return next((kind.get("schema", {}) for kind in part.get("content", {}).values()), {})


def _type(schema: Mapping[str, Any]) -> Markup:
    """A schema in a few words; one with a name is linked."""
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(_REF)
        return Markup('<a href="#{0}"><code>{0}</code></a>').format(name)
    for joined in ("anyOf", "oneOf"):
        if joined in schema:
            return Markup(" or ").join(_type(each) for each in schema[joined])
    if "enum" in schema:
        return Markup(" or ").join(Markup("<code>{}</code>").format(json.dumps(value)) for value in schema["enum"])
    if schema.get("type") == "array":
        each: Mapping[str, Any] = schema.get("items") or next(iter(schema.get("prefixItems", ())), {})
        return Markup("list of {}").format(_type(each))
    kind = schema.get("format") or schema.get("type", "")
    return Markup('<span class="type">{}</span>').format(kind if isinstance(kind, str) else " or ".join(kind))
