"""The loopback service as an ASGI application: which address leads where.

The proxy and ``glossator serve`` run the same application. This module does not know mitmproxy, nor what a handler does.
"""

from __future__ import annotations

from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from proxy_addon.service.api import Api
from proxy_addon.service.description import ROUTES, described
from proxy_addon.service.desk.routes import Desk
from proxy_addon.service.guard import Guard, Policy, TooLarge, TooSlow
from proxy_addon.service.pace import Pace
from proxy_addon.service.problems import problem


def create_app(api: Api, desk: Desk, policy: Policy) -> Starlette:
    """The application. What ``api`` and ``desk`` answer from may change while it runs; ``policy`` may not."""

    async def description(request: Request) -> Response:
        return JSONResponse(described())

    routes = [*desk.routes(), Route("/v1/openapi.json", description)]
    routes += [Route(path, getattr(api, handler), methods=list(methods)) for path, (handler, methods) in ROUTES.items()]

    async def not_found(request: Request, error: Exception) -> Response:
        if f"{request.url.path}/".startswith("/desk/") and "text/html" in request.headers.get("accept", ""):
            return desk.pages.missing(request)
        return problem(404, "There is nothing at this address; the API lives under /v1.")

    handlers: Any = {404: not_found, 405: _not_allowed, 500: _fault, TooLarge: _too_large, TooSlow: _too_slow}
    app = Starlette(routes=routes, middleware=[Middleware(Pace), Middleware(Guard, policy=policy)], exception_handlers=handlers)
    app.router.redirect_slashes = False  # an address has one spelling; a redirect is no answer that the contract knows
    return app


async def _not_allowed(request: Request, error: Exception) -> Response:
    allowed = (getattr(error, "headers", None) or {}).get("Allow", "GET")
    return problem(405, "This address does not take this method.", Allow=allowed)


async def _too_large(request: Request, error: Exception) -> Response:
    return problem(413, "The body is larger than the service takes.", Connection="close")


async def _too_slow(request: Request, error: Exception) -> Response:
    return problem(408, "The body took too long to come; send it at once.", Connection="close")


async def _fault(request: Request, error: Exception) -> Response:
    return problem(500, "The service failed on this request; nothing was changed. Please report how it came about.")
