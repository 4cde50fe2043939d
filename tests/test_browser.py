"""The report and the MLflow UI in a real browser: Debian's Chromium, headless."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from reports.build import build
from tests.reports.synthetic import inputs

ROOT = Path(__file__).parent.parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-quic",
]  # fmt: skip
SHOTS = Path(os.environ.get("EOSUN_SCREENSHOTS") or ROOT / "var" / "screenshots")
"""Where pictures of what was seen are kept."""

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="no chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield opened
        opened.close()


def visited(browser: Browser, address: str, **options: object) -> tuple[Page, list[str]]:
    """A page with what went wrong or over the network while it was opened."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    seen: list[str] = []
    page.on(
        "request", lambda request: seen.append(request.url) if not request.url.startswith(("data:", "file:")) else None
    )
    page.on("pageerror", lambda error: seen.append(str(error)))
    page.on("console", lambda message: seen.append(message.text) if message.type == "error" else None)
    page.goto(address)
    return page, seen


@pytest.mark.parametrize(
    ("width", "scheme"), [(1100, "light"), (1100, "dark"), (390, "light")], ids=["light", "dark", "phone"]
)
def test_the_report_without_a_network(width: int, scheme: str, browser: Browser, tmp_path: Path) -> None:
    examples = {"ko": {"natural": ["학생은", "책을", "읽었다", ".", "뷁"]}}
    path, _ = build(inputs(examples=examples), tmp_path / "report")
    page, seen = visited(
        browser, path.as_uri(), viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    page.wait_for_selector("html[data-drawn=yes]", timeout=20_000)
    assert seen == []
    assert page.locator("#order-chart svg path").count() > 20
    assert page.locator("#recency-chart svg path").count() > 10
    assert page.evaluate("document.fonts.check('16px NanumGothic', '학생은 뷁')")
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "the page scrolls sideways"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(int(part) for part in background[4:-1].split(",")) < 60) == (scheme == "dark")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracking store with two networks of a really run study."""
    folder = tmp_path_factory.mktemp("ui")
    settings = [
        "sample.train=300", "sample.valid=40", "sample.test=40", "training.epochs=1", "sizes.embedding=32", "sizes.units=64",
        "recency.sentences=10", "corpus_options.pairs=1200", "models=[bigram, gru, lstm]",
    ]  # fmt: skip
    words = [w for setting in settings for w in ("--set", setting)]
    command = [sys.executable, str(ROOT / "eosun.py"), "run", "word_order", "--lang", "ko", "--preset", "smoke", *words]
    subprocess.run(command, env={**os.environ, "EOSUN_VAR": str(folder)}, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    """The MLflow UI as `make ui` serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["make", "-o", ".venv/.ready", "ui", f"PORT={port}", f"EOSUN={sys.executable} {ROOT / 'eosun.py'}"], cwd=ROOT,
        env={**os.environ, "EOSUN_VAR": str(store)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    found = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{found}/health", timeout=1)
            break
        except OSError:
            time.sleep(0.5)
    yield found
    os.killpg(server.pid, 15)
    server.wait(20)


def photographed(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


def test_a_reviewer_filters_selects_compares_and_sees_the_recency_curves(address: str, browser: Browser) -> None:
    page, _ = visited(browser, address, viewport={"width": 1500, "height": 950})
    page.goto(f"{address}/#/experiments/1/runs")
    box = page.get_by_placeholder("metrics.rmse < 1 and params.model").first
    box.wait_for(timeout=60_000)
    box.fill('tags.lang = "ko" and metrics.`size/units` > 0')
    box.press("Enter")
    page.get_by_text("ko-eojeol-bigram-natural-0").first.wait_for(state="detached", timeout=30_000)
    for model in ("lstm", "gru"):
        row = page.get_by_role("row").filter(has_text=f"ko-eojeol-{model}-natural-0").first
        row.get_by_role("checkbox").first.click(timeout=30_000)
    photographed(page, "mlflow-runs")
    page.get_by_role("button", name="Compare").first.click()
    page.get_by_text("Comparing 2 Runs").first.wait_for(timeout=30_000)
    photographed(page, "mlflow-compare")
    page.get_by_title("Plot chart").first.wait_for(timeout=30_000)
    curve = page.get_by_text("recency/bits_per_sentence").first
    for _ in range(40):  # the list of metrics draws what is in sight
        if curve.count():
            break
        page.get_by_title("Plot chart").last.scroll_into_view_if_needed()
        page.wait_for_timeout(250)
    curve.click()
    for model in ("lstm", "gru"):
        page.get_by_text(f"ko-eojeol-{model}-natural-0 (recency/bits_per_sentence)").first.wait_for(timeout=30_000)
    photographed(page, "mlflow-recency")


def test_review_names_pages_that_the_ui_has(address: str, store: Path, browser: Browser) -> None:
    """The chart of a curve lays every network over the others, with a point for every context length."""
    said = subprocess.run(
        [sys.executable, str(ROOT / "eosun.py"), "review", "word_order", "--port", address.rpartition(":")[2]],
        env={**os.environ, "EOSUN_VAR": str(store)}, check=True, capture_output=True, text=True,
    ).stdout.splitlines()  # fmt: skip
    pages = {name: said[said.index(name) + 1].strip() for name in ("runs", "charts", "side by side", "recency/bits_per_sentence", "matrix/bits_per_sentence")}  # fmt: skip
    page, _ = visited(browser, pages["runs"], viewport={"width": 1500, "height": 950})
    page.get_by_text("3 matching runs").first.wait_for(timeout=60_000)
    page.goto("about:blank")
    page.goto(pages["charts"])
    page.get_by_placeholder("Search metric charts").fill("recency")
    page.get_by_text("recency/bits_per_sentence").first.wait_for(timeout=30_000)
    page.locator("svg.main-svg .scatterlayer").first.wait_for(timeout=30_000)
    photographed(page, "mlflow-charts")
    for name, points in (("recency/bits_per_sentence", 5), ("matrix/bits_per_sentence", 4)):
        page.goto("about:blank")
        page.goto(pages[name])
        page.locator("svg.main-svg .scatterlayer .point").first.wait_for(timeout=30_000)
        assert page.locator("svg.main-svg .scatterlayer .point").count() in (2 * points, 4 * points), "two networks"
        photographed(page, f"mlflow-{name.partition('/')[0]}-overlaid")
    page.goto("about:blank")
    page.goto(pages["side by side"])
    page.get_by_text("Comparing 2 Runs").first.wait_for(timeout=30_000)


@pytest.mark.long
def test_review_opens_the_charts_of_the_study_and_ends_with_control_c(store: Path, tmp_path: Path) -> None:
    """The browser is a script that writes down what it is asked to open, and reads the page's server."""
    seen, script = tmp_path / "seen", tmp_path / "browser"
    script.write_text(f'#!/bin/sh\necho "$1" > {seen}\n', encoding="utf-8")
    script.chmod(0o755)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    reviewing = subprocess.Popen(
        [sys.executable, str(ROOT / "eosun.py"), "review", "word_order", "--open", "--port", str(port)],
        env={**os.environ, "EOSUN_VAR": str(store), "BROWSER": str(script)}, stdout=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    for _ in range(240):
        if seen.is_file() and seen.read_text():
            break
        time.sleep(0.5)
    assert f"127.0.0.1:{port}/#/experiments/1/runs" in seen.read_text()
    assert "compareRunsMode=CHART" in seen.read_text()
    assert urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).status == 200
    reviewing.send_signal(signal.SIGINT)
    assert reviewing.wait(30) == 0
    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5)
