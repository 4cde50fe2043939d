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
from tests.reports.synthetic import inputs, with_shuffled

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


EXAMPLES = {
    "ko": {"natural": ["학생은", " 책을", " 읽었다", ".", " 뷁"]},
    "en": {"natural": ["the", " student", " read"]},
}
TOFU = r"""
() => {
  const canvas = document.createElement("canvas"), pen = canvas.getContext("2d", { willReadFrequently: true });
  canvas.width = canvas.height = 40;
  const ink = letter => {
    pen.clearRect(0, 0, 40, 40); pen.font = "28px NanumGothic"; pen.fillText(letter, 4, 32);
    return pen.getImageData(0, 0, 40, 40).data.join();
  };
  const blank = ink(" "), missing = ink("\u{10fffe}");
  const letters = [...new Set(document.body.innerText.match(/[가-힣]/g) || [])];
  return [letters.length, letters.filter(one => [blank, missing].includes(ink(one)))];
}
"""
"""How many different syllables the page shows, and those drawn as nothing or as the sign of a missing letter."""
CONTRAST = r"""
() => {
  const rgb = text => { const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number); return [r, g, b, a]; };
  const over = (top, under) => top.slice(0, 3).map((v, i) => v * top[3] + under[i] * (1 - top[3]));
  const light = colour => colour.map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const paper = rgb(getComputedStyle(document.body).backgroundColor);
  return [...document.querySelectorAll("p, li, td, th, caption, figcaption, summary, dt, dd, a, code, .unit, .unit small")].map(one => {
    const own = one.closest(".unit") || one, back = over(rgb(getComputedStyle(own).backgroundColor), paper);
    const [a, b] = [light(over(rgb(getComputedStyle(one).color), back)), light(back)].sort((x, y) => y - x);
    return (a + .05) / (b + .05);
  }).reduce((least, one) => Math.min(least, one), 21);
}
"""
"""The least contrast of any text with what is behind it (WCAG 2.2: 4.5 for text of this size)."""


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of the made-up runs in both languages; and one of models trained on two orders, tested on all."""
    room = tmp_path_factory.mktemp("reports")
    plain = {lang: build(inputs(examples=EXAMPLES), room / lang, lang)[0] for lang in ("en", "ko")}
    matrix = with_shuffled(inputs(examples=EXAMPLES), {"ko": 15.0, "en": 45.0})
    return {**plain, "matrix": build(matrix, room / "matrix")[0]}


@pytest.mark.parametrize(
    ("lang", "width", "scheme"),
    [
        ("en", 1100, "light"),
        ("ko", 1100, "dark"),
        ("ko", 390, "light"),
        ("en", 390, "dark"),
        ("matrix", 1100, "dark"),
        ("matrix", 390, "light"),
    ],
    ids=["light", "dark", "phone", "dark phone", "dark matrix", "matrix on a phone"],
)
def test_the_report_without_a_network(
    lang: str, width: int, scheme: str, browser: Browser, reports: dict[str, Path]
) -> None:
    page, seen = visited(
        browser, reports[lang].as_uri(), viewport={"width": width, "height": 900}, color_scheme=scheme, offline=True
    )
    page.wait_for_selector("html[data-drawn=yes]", timeout=20_000)
    assert seen == []
    first = "gain" if lang == "matrix" else "order"
    assert page.locator(f"#{first}-chart svg path").count() > 20
    assert page.locator("#recency-chart svg path").count() > 10
    drawn = page.locator("#matrix-chart svg .mark-rect path")
    assert drawn.count() == (16 if lang == "matrix" else 0), "two languages, two training orders, four test orders"
    assert page.evaluate("document.fonts.check('16px NanumGothic', '학생은 뷁')")
    letters, tofu = page.evaluate(TOFU)
    assert letters > (200 if lang == "ko" else 5)
    assert tofu == []
    if width > 1000:
        box = page.locator("ol.items").first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 930, "verdicts, chart and caveats are seen at once"
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "the page scrolls sideways"
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (max(int(part) for part in background[4:-1].split(",")) < 60) == (scheme == "dark")
    assert page.evaluate(CONTRAST) >= 4.5
    photographed(page, f"report-{lang}-{width}-{scheme}")


def test_the_report_by_keyboard_and_by_ear(browser: Browser, reports: dict[str, Path]) -> None:
    """One h1, then h2; a table behind every chart; units say their bits; what scrolls or opens can be reached by Tab."""
    page, _ = visited(browser, reports["ko"].as_uri(), viewport={"width": 1100, "height": 900})
    page.wait_for_selector("html[data-drawn=yes]", timeout=20_000)
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3, h4')].map(one => one.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    assert page.get_attribute("html", "lang") == "ko"
    assert page.locator("figure").count() == page.locator("figure details table").count() == 2
    assert page.locator(".chart[role=img][aria-label]").count() == 2
    unit = page.locator(".gloss [lang=ko] .unit").first
    assert unit.get_attribute("title") == "학생은: 1.5 비트"
    assert unit.inner_text().split() == ["학생은", "1.5"]
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.tagName"))
    assert {"A", "SUMMARY", "DIV"} <= reached


def test_printed_from_a_dark_screen_it_is_dark_on_white(browser: Browser, reports: dict[str, Path]) -> None:
    page, _ = visited(browser, reports["en"].as_uri(), viewport={"width": 1100, "height": 900}, color_scheme="dark")
    page.wait_for_selector("html[data-drawn=yes]", timeout=20_000)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.evaluate(CONTRAST) >= 4.5


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tracking store of a really run study: two networks and a floor of each language."""
    folder = tmp_path_factory.mktemp("ui")
    settings = [
        "sample.train=300", "sample.valid=40", "sample.test=40", "training.epochs=1", "sizes.embedding=32", "sizes.units=64",
        "recency.sentences=10", "corpus_options.pairs=1200", "models=[bigram, gru, lstm]",
    ]  # fmt: skip
    words = [w for setting in settings for w in ("--set", setting)]
    command = [sys.executable, str(ROOT / "eosun.py"), "run", "word_order", "--preset", "smoke", *words]
    subprocess.run(command, env={**os.environ, "EOSUN_VAR": str(folder)}, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    """The MLflow UI as `make ui` serves it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        ["make", "-o", ".venv/.ready", "ui", f"PORT={port}", f"EOSUN='{sys.executable}' '{ROOT / 'eosun.py'}'"], cwd=ROOT,
        env={**os.environ, "EOSUN_VAR": str(store)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    found = f"http://127.0.0.1:{port}"
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{found}/health", timeout=1)
            break
        except OSError:
            assert server.poll() is None, "the UI has ended"
            time.sleep(0.5)
    else:
        pytest.fail("the UI does not answer")
    yield found
    os.killpg(server.pid, 15)
    server.wait(20)


def photographed(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png")


@pytest.mark.long
def test_a_reviewer_filters_selects_compares_and_sees_the_recency_curves(address: str, browser: Browser) -> None:
    page, _ = visited(browser, address, viewport={"width": 1500, "height": 950})
    page.goto(f"{address}/#/experiments/1/runs")
    box = page.get_by_placeholder("metrics.rmse < 1 and params.model").first
    box.wait_for(timeout=60_000)
    page.get_by_text("en-word-lstm-natural-0").first.wait_for(timeout=30_000)
    box.fill('tags.lang = "ko"')
    box.press("Enter")
    page.get_by_text("en-word-lstm-natural-0").first.wait_for(state="detached", timeout=30_000)
    assert page.get_by_text("ko-eojeol-bigram-natural-0").count()
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


@pytest.mark.long
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
        assert page.locator("svg.main-svg .scatterlayer .point").count() in (4 * points, 8 * points), (
            "two networks of two languages"
        )
        photographed(page, f"mlflow-{name.partition('/')[0]}-overlaid")
    page.goto("about:blank")
    page.goto(pages["side by side"])
    page.get_by_text("Comparing 4 Runs").first.wait_for(timeout=30_000)


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
