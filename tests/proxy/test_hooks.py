"""The addon's hooks one by one: a fault of ours leaves the answer as it is, and another addon's work is respected."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Iterator
from pathlib import Path

import pytest
from mitmproxy import exceptions, http
from mitmproxy.test import taddons, tflow

from proxy_addon.addon import Glossator
from proxy_addon.machine import edition

from .conftest import write_pack

PAGE = ((b"Content-Type", b"text/html"), (b"Content-Length", b"30"), (b"ETag", b'"1"'), (b"X", b"caf\xe9"))


def visited(addon: Glossator, *, fields: tuple[tuple[bytes, bytes], ...] = PAGE, stream: object = False) -> http.HTTPFlow:
    """A navigation to a page, up to the head of its answer."""
    flow = tflow.tflow(resp=True)
    flow.request.headers = http.Headers([(b"Host", b"news.test"), (b"Sec-Fetch-Mode", b"navigate")])
    addon.requestheaders(flow)
    assert flow.response
    flow.response.headers, flow.response.stream = http.Headers(fields), stream  # type: ignore[assignment]
    addon.responseheaders(flow)
    return flow


@pytest.fixture
def configured(tmp_path: Path, small: Path) -> Iterator[Glossator]:
    addon = Glossator()
    with taddons.context(addon) as context:
        context.configure(addon, glossator_glossary=[str(write_pack(tmp_path / "pack"))], glossator_service=False)
        yield addon


def test_it_works_before_it_is_configured(small: Path) -> None:
    flow = visited(Glossator())
    assert callable(getattr(flow.response, "stream", None))


@pytest.mark.parametrize("part", ["judge", "Rewriter", "decoder", "fields", "csp"])
def test_a_fault_of_ours_leaves_the_answer_as_it_is(
    configured: Glossator, monkeypatch: pytest.MonkeyPatch, part: str, caplog: pytest.LogCaptureFixture
) -> None:
    visited(configured)
    broken = type("Broken", (), {"__getattr__": lambda *_: _fail, "__call__": _fail})()
    asked = visited(configured).request.headers.fields
    monkeypatch.setattr(f"proxy_addon.addon.{part}", broken)
    flow = visited(configured)
    assert flow.response
    assert (flow.response.headers.fields, flow.response.stream) == (PAGE, True)
    assert flow.request.headers.fields == asked
    assert "zorbling" not in caplog.text
    assert "news.test" not in caplog.text
    assert "A page went on unannotated because of a fault in Glossator: RuntimeError at test_hooks.py:" in caplog.text


def _fail(*_: object, **__: object) -> None:
    raise RuntimeError("zorbling")


def test_a_host_whose_pages_fail_again_and_again_is_left_alone(configured: Glossator, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("proxy_addon.addon.Rewriter", _fail)
        for _ in range(3):
            visited(configured)
    flow = visited(configured)
    assert getattr(flow.response, "stream", None) is True


def test_another_addons_stream_is_respected(configured: Glossator) -> None:
    def theirs(data: bytes) -> bytes:
        return data

    flow = visited(configured, stream=theirs)
    assert flow.response
    assert (flow.response.stream, flow.response.headers.fields) == (theirs, PAGE)


def test_an_upgraded_connection_is_not_touched(configured: Glossator) -> None:
    flow = tflow.tflow(resp=True)
    assert flow.response
    flow.response.status_code = 101
    configured.responseheaders(flow)
    assert flow.response.stream is False


@pytest.mark.parametrize("ending", ["response", "error"])
def test_nothing_is_kept_of_a_page_that_is_over(configured: Glossator, ending: str) -> None:
    flow = visited(configured)
    getattr(configured, ending)(flow)
    asked = tflow.tflow()
    configured.requestheaders(asked)
    configured.error(asked)
    assert (configured._visits, configured._transforms) == ({}, {})


def test_a_wrong_value_ends_the_start(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    addon = Glossator()
    with taddons.context(addon) as context:
        context.configure(addon, glossator_density="most", glossator_service=False)
    assert "--density is 'most'; it takes one of: all, block, section, page" in caplog.text


def test_a_wrong_value_while_it_runs_is_rolled_back(configured: Glossator) -> None:
    configured._watch = object()  # type: ignore[assignment]  # as if it ran
    with taddons.context(configured) as context, pytest.raises(exceptions.OptionsError, match="it takes one of"):
        context.configure(configured, glossator_density="most")


def test_a_glossary_named_while_it_runs_is_the_one_that_is_watched(
    configured: Glossator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nowhere(given: object) -> None:
        """No other process: here is the small glossary."""

    monkeypatch.setattr(edition, "edits", functools.partial(edition.edits, every=0.02))
    monkeypatch.setattr(edition, "_read_elsewhere", nowhere)
    first, second = tmp_path / "pack", write_pack(tmp_path / "other", "quibbling")

    async def edited(folder: Path, word: str, seconds: float) -> bool:
        before = configured._edition
        write_pack(folder, word)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while configured._edition is before:
                    await asyncio.sleep(0.01)
        return configured._edition is not before

    async def lives() -> None:
        with taddons.context(configured) as context:
            await configured.running()
            assert await edited(first, "zorblings", 20)
            context.configure(configured, glossator_glossary=[str(second)])
            assert not await edited(first, "zorbled", 0.3)
            assert await edited(second, "quibbled", 20)
            await configured.done()

    asyncio.run(lives())
