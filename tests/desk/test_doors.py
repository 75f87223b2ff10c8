"""The ways to the desk: the command that opens it, and the pictures by which a browser shows how far it is set up."""

from __future__ import annotations

import webbrowser

import pytest
from mitmproxy import http
from mitmproxy.test import tflow, tutils

from proxy_addon.cli import main
from proxy_addon.machine.doorway import Doorway
from proxy_addon.service.checks import Checks

from .conftest import Desk


def answered(door: Doorway, path: str, method: str = "GET", **headers: str) -> http.Response:
    flow = tflow.tflow(req=tutils.treq(method=method.encode(), host="glossary.local", port=80, path=path.encode()))
    flow.request.headers.update(headers)
    door.request(flow)
    assert flow.response
    return flow.response


@pytest.mark.parametrize(
    ("what", "path", "method"),
    [
        ("no nonce", "/check/", "GET"),
        ("somebody else's nonce", "/check/AAAAAAAAAAAAAAAA", "GET"),
        ("more than the nonce", "/check/{}?x", "GET"),
        ("another path below it", "/check/{}/x", "GET"),
        ("another method", "/check/{}", "POST"),
        ("another method without a body", "/check/{}", "HEAD"),
    ],
)
def test_who_was_not_told_of_a_picture_sees_none(what: str, path: str, method: str) -> None:
    checks = Checks()
    door = Doorway(lambda: 8081, checks.knows)
    answer = answered(door, path.format(checks.issue()), method, Origin="https://evil.test")
    assert (what, answer.status_code, answer.content, dict(answer.headers)) == (
        what,
        404,
        b"",
        {"Cache-Control": "no-store", "content-length": "0"},
    )


def test_a_picture_is_shown_to_whoever_was_told_and_lets_no_script_read_it() -> None:
    checks = Checks()
    answer = answered(Doorway(lambda: 8081, checks.knows), f"/check/{checks.issue()}", Origin="https://evil.test")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/gif")
    assert answer.content
    assert answer.content.startswith(b"GIF89a\x01\x00\x01\x00")
    assert "access-control-allow-origin" not in answer.headers


def test_without_the_service_there_are_no_pictures() -> None:
    assert answered(Doorway(lambda: None, Checks().knows), "/check/x").status_code == 503


def test_the_command_says_where_no_service_is(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["desk", "--port", "1"])
    assert left.value.code == 2
    assert "no service answers on port 1; start it with glossator proxy" in capsys.readouterr().err


@pytest.mark.parametrize(("opens", "printed"), [(True, False), (False, True)])
def test_the_command_opens_a_browser_or_prints_the_address(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], opens: bool, printed: bool
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: (asked.append(address), opens)[1])
    monkeypatch.setattr("proxy_addon.commands.desk.installation_token", lambda folder: "the-token")
    with pytest.raises(SystemExit) as left:
        main(["desk", "--port", str(desk.client.port)])
    address = f"http://127.0.0.1:{desk.client.port}/#key="
    assert (left.value.code, len(asked), asked[0].startswith(address), "the-token" in asked[0]) == (0, 1, True, False)
    assert (asked[0] in capsys.readouterr().out) == printed


def test_a_key_of_another_installation_does_not_open_the_desk(desk: Desk) -> None:
    answer = desk.client("POST", "/desk/enter", {"key": "1-2-3"}, Content_Type="application/json")
    assert (answer.status, "run glossator desk again" in answer.json["detail"]) == (403, True)
