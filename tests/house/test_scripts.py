"""What no script of ours does in somebody's browser: each rule names the few places that may, and why."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import app

pytestmark = pytest.mark.one_database

FOLDER = Path(app.__file__).parent.parent / "static" / "js"
SCRIPTS = {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js"))}
RULES: dict[str, tuple[str, set[str]]] = {
    "makes elements of text": (
        r"(?:inner|outer)HTML\s*\+?=(?!=)|insertAdjacentHTML|document\.write|createContextualFragment|setHTMLUnsafe",
        {"acts.js", "cities.js", "proposal.js", "refresh.js", "schedule.js"},  # parts of pages, drawn by the server
    ),
    "runs text as code": (
        r"\beval\(|\bFunction\(|\bset(?:Timeout|Interval)\(\s*[\"'`]|\bimport\([^\"')]",
        {"cities.js", "schedule.js"},  # load each other by the addresses of static files that the page names
    ),
    "speaks with other windows": (
        r"\b(?:window|parent|opener|top|frames?|source)\.postMessage|BroadcastChannel",
        set(),
    ),
    "hears what other windows say": (r"\b(?:window|self|document)\.addEventListener\(\s*[\"']message|onmessage", set()),
    "hears messages": (
        r"addEventListener\(\s*[\"']message",
        {"forms.js", "worker.js"},  # the page its own worker, and the worker the pages that it stands behind
    ),
    "merges objects from outside": (r"\]\s*\[[^\]]+\]\s*=(?!=)|__proto__|\.prototype\b|\bfor \(\w+ \w+ in ", set()),
    "leads where a text says": (r"\blocation(?:\.href)?\s*=\s*(?![=\"'`])", set()),
    "asks another site": (
        r"(?:fetch|open|EventSource|WebSocket|import)\(\s*[\"'`](?:https?:|wss?:|//)|XMLHttpRequest",
        set(),
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_no_script(rule: str) -> None:
    pattern, may = RULES[rule]
    found = {name for name, text in SCRIPTS.items() if re.search(pattern, text)}
    assert found - may == set(), f"{rule}: name a place here only with a reason that holds"
    assert may - found == set(), f"no longer {rule}"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        ("makes elements of text", "place.innerHTML = name;"),
        ("makes elements of text", "place.insertAdjacentHTML('beforeend', name);"),
        ("runs text as code", "eval(name)"),
        ("runs text as code", "new Function(name)"),
        ("runs text as code", "setTimeout('go()', 1)"),
        ("speaks with other windows", "parent.postMessage(name, '*')"),
        ("hears what other windows say", "window.addEventListener('message', go)"),
        ("hears messages", "addEventListener('message', go)"),
        ("merges objects from outside", "told[one][other] = value;"),
        ("merges objects from outside", "for (const name in given) kept[name] = given[name];"),
        ("leads where a text says", "location.href = given"),
        ("asks another site", "fetch('https://elsewhere.example')"),
    ],
)
def test_each_rule_finds_what_it_is_for(rule: str, line: str) -> None:
    assert re.search(RULES[rule][0], line)


def test_the_worker_hears_its_own_pages_alone() -> None:
    """A service worker gets messages from pages of its own scope, and sends them to those it finds there."""
    assert "navigator.serviceWorker?.addEventListener(" in SCRIPTS["forms.js"]
    senders = {name for name, text in SCRIPTS.items() if ".postMessage(" in text}
    assert senders == {"device.js", "worker.js"}
    assert set(re.findall(r"(\w+)\.postMessage\(", SCRIPTS["device.js"])) == {"active"}
    assert re.findall(r"for \(const (\w+) of await clients\.matchAll", SCRIPTS["worker.js"]) == ["each"]
    assert set(re.findall(r"(\w+)\.postMessage\(", SCRIPTS["worker.js"])) == {"each"}
