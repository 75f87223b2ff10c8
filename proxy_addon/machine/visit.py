"""A page that is asked for: what the reader wants there, and with what it will be annotated.

Chosen when the page is asked for, so that the validators that go out and those that come back agree.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from proxy_addon.machine.edition import Edition
from proxy_addon.markup.labels import labels
from proxy_addon.markup.page import PageWriter, Script
from proxy_addon.markup.script import SCRIPT
from proxy_addon.message import csp
from proxy_addon.message.fields import Fields
from proxy_addon.options import Density
from proxy_addon.preferences import Preferences, SiteChoice


@dataclass(frozen=True, slots=True)
class Visit:
    """``choice`` with the density that holds; ``scheme`` is the page's; ``ask`` the path of its script, if it may have one;
    ``mark`` names all that decides how the page looks, for its validators."""

    edition: Edition
    language: str
    choice: SiteChoice
    packs_off: frozenset[str]
    scheme: str
    ask: str | None
    mark: str

    def writer(self, head: Fields) -> PageWriter:
        """What writes on the page, whose ``head`` decides whether a script may run there."""
        hidden = self.choice.hidden | self.edition.of_packs(self.packs_off)
        return PageWriter(self.edition.annotator(self.language), hidden, self.choice.kinds_off, self._script(head))

    def _script(self, head: Fields) -> Script | None:
        if self.ask is None or not csp.admits_script(head):
            return None
        ask = self.ask if csp.admits_self(head, scheme=self.scheme) else None
        return Script(labels(self.language), self.choice.as_dict(), ask, csp.runs_inline, self._connects)

    def _connects(self, policy: str) -> bool:
        return csp.connects_self(policy, scheme=self.scheme)


def visit(
    edition: Edition,
    language: str,
    host: str,
    chosen: Preferences,
    *,
    density: Density,
    scheme: str,
    ask: str | None,
    secret: str,
) -> Visit:
    """A visit to a page of ``host``. ``density`` is that of the options; ``secret`` tells pages with other tokens apart."""
    choice = chosen.at(host)
    choice = replace(choice, density=choice.density or density)
    told = choice.as_dict(), sorted(chosen.packs_off), *((SCRIPT, secret) if ask else ())
    return Visit(edition, language, choice, chosen.packs_off, scheme, ask, edition.mark(language, repr(told)))
