"""Which address of the desk leads where: one table, from which the application routes. What each needs, ``guard.NEEDS`` says."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.routing import Route

from proxy_addon.service.desk.own import Own
from proxy_addon.service.desk.pages import Pages
from proxy_addon.service.keys import Keys
from proxy_addon.service.state import Current

# Path -> the name of its handler in ``Pages``; all are only read.
OPEN: Mapping[str, str] = {
    "/": "home",
    "/desk/settings": "private",
    "/desk/setup": "setup",
    "/desk/extensions": "private",
    "/desk/counts": "private",
    "/desk/reports": "private",
    "/desk/search": "search",
    "/desk/entries/{id}": "entry",
    "/desk/entries/{id}/history": "history",
    "/desk/entries/{id}/edit": "edit",
    "/desk/try": "trying",
    "/desk/new": "private",
    "/desk/problems": "private",
    "/desk/exchange": "exchange",
    "/desk/export/{style}": "export",
    "/desk/static/{name}": "static",
}

# Path -> the name of its handler in ``Own``, and its methods.
OWN: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "/desk/enter": ("enter", ("POST",)),
    "/desk/own/sitting": ("sitting", ("POST",)),
    "/desk/own/pause": ("pause", ("GET",)),
    "/desk/own/settings": ("settings", ("GET",)),
    "/desk/own/extensions": ("extensions", ("GET",)),
    "/desk/own/counts": ("counts", ("GET", "DELETE")),
    "/desk/own/reports": ("reports", ("GET",)),
    "/desk/own/trying": ("trying", ("GET", "POST")),
    "/desk/own/edit": ("edit", ("GET",)),
    "/desk/own/new": ("new", ("GET", "POST")),
    "/desk/own/check": ("check", ("POST",)),
    "/desk/own/save": ("save", ("POST",)),
    "/desk/own/problems": ("problems", ("GET",)),
    "/desk/own/importing": ("importing", ("GET", "POST")),
    "/desk/own/keep": ("keep", ("POST",)),
}


class Desk:
    """The desk of one service."""

    def __init__(self, current: Current, keys: Keys) -> None:
        self.pages = Pages(current)
        self.own = Own(self.pages, keys)

    def close(self) -> None:
        """Nothing is begun any more."""
        self.own.close()

    def routes(self) -> list[Route]:
        """Every address."""
        opened = [Route(path, getattr(self.pages, name), methods=["GET"]) for path, name in OPEN.items()]
        return opened + [Route(path, getattr(self.own, name), methods=list(methods)) for path, (name, methods) in OWN.items()]
