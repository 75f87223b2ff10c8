"""The page for a person who opens the service's address: what this is, and how to use it. Knows nothing of the API."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse, Response

from proxy_addon.service.state import Current

_SETUP = """<p>Set your browser's HTTP and HTTPS proxy to <code>{proxy}</code> and let it trust this machine's authority:
<code>glossator ca</code> says how. <code>glossator browse</code> opens a browser that is set up already.</p>"""

_FRONT = """<!doctype html><html lang=en><meta charset=utf-8><meta name=viewport content="width=device-width">
<title>Glossator</title><style>:root{{color-scheme:light dark}}body{{font:17px/1.5 system-ui,sans-serif;max-width:36rem;
margin:3rem auto;padding:0 1rem}}</style><main><h1>Glossator is running</h1>
<p>{entries} entries explain officially banned, mandated and euphemistic words on the pages you read.
Nothing that you read is kept or sent anywhere.</p>{setup}{fault}
<p><a href="/v1/glossary">The glossary as JSON</a> · <a href="/v1/status">Status</a></p></main></html>"""


def front_page(current: Current) -> Response:
    """The page, for the state of the moment."""
    entries = len(current.matcher.glossary.entries)
    setup = _SETUP.format(proxy=escape(current.proxy)) if current.proxy else ""
    fault = "<p role=alert>The last edit of the glossary is broken; the one before it is in use.</p>" if current.fault else ""
    return HTMLResponse(_FRONT.format(entries=entries, setup=setup, fault=fault))
