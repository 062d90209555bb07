"""Forced colours (a reader's own few colours, as Windows offers them): nothing is lost, and the focus is seen.

A sample of pages, one of each kind of thing: fields, cards, tiles, tables, tags, alerts, tabs, a list of steps.
"""

from collections.abc import Callable

import pytest

from tests.browser.keyboard import USABLE
from tests.browser.scene import Scene
from tests.browser.stop import Stop
from tests.browser.stops import STOPS
from tests.browser.tabs import Tab, Tabs

pytestmark = pytest.mark.browser
NAMES = (
    "sign-in-wrong",
    "prove-ways",
    "enrol",
    "account-of-two",
    "methods",
    "contacts",
    "recovery-codes-made",
    "recover",
    "admin-account-held",
    "admin-policies",
)
SAMPLE = [stop for stop in STOPS if stop.name in NAMES]
# Every visible text, icon and border of a control against what lies behind it; what is nearer than 3:1 is returned.
FAINT = """() => {
  const parse = text => (text.match(/[\\d.]+/g) ?? []).map(Number)
  const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4
  const light = ([r, g, b]) => [r, g, b].map(v => linear(v / 255))
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0)
  const contrast = (a, b) => { const [x, y] = [light(a), light(b)].sort((m, n) => n - m); return (x + .05) / (y + .05) }
  const behind = one => {
    for (let at = one; at; at = at.parentElement) {
      const paint = parse(getComputedStyle(at).backgroundColor)
      if (paint.length === 3 || paint[3] > 0) return paint
    }
    return [255, 255, 255]
  }
  const seen = [...document.body.querySelectorAll('*')].filter(one => one.checkVisibility() &&
    one.getBoundingClientRect().width > 1 && !one.closest('.usa-sr-only, .usa-skipnav'))
  const lost = []
  for (const one of seen) {
    const style = getComputedStyle(one)
    const name = `${one.tagName}.${one.className.baseVal ?? one.className} ${one.textContent.trim().slice(0, 40)}`
    const note = what => lost.push(`${what}: ${name}`)
    const speaks = [...one.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
    if (speaks && contrast(parse(style.color), behind(one)) < 4.5) note('text')
    if (one.matches('path[fill=currentColor]') && contrast(parse(style.fill), behind(one)) < 3) note('icon')
    if (one.matches('.usa-button:not(.usa-button--unstyled), .usa-input, .usa-textarea, .usa-tag, .usa-alert') &&
      (parseFloat(style.borderTopWidth) < 1 || contrast(parse(style.borderTopColor), behind(one.parentElement)) < 3)) {
      note('edge')
    }
    if (one.matches('.usa-radio, .usa-checkbox') && one.querySelector(':checked')) {
      const other = document.querySelector('.usa-radio:not(:has(:checked)), .usa-checkbox:not(:has(:checked))')
      if (other && getComputedStyle(other).borderTopColor === style.borderTopColor) note('choice')
    }
  }
  return lost
}"""
# What has the focus, and whether its ring stands out from the page.
RING = f"""() => {{ const style = getComputedStyle(document.activeElement), all = {USABLE}
    return [all.indexOf(document.activeElement), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
      && style.outlineColor !== getComputedStyle(document.body).backgroundColor] }}"""


@pytest.fixture(params=SAMPLE, ids=lambda stop: stop.name)
def tab(request: pytest.FixtureRequest, scenes: Callable[[str], Scene], tabs: Tabs) -> Tab:
    """One page of the sample, in the reader's colours."""
    stop: Stop = request.param
    shown = tabs.tab(scenes(stop.world), stop, "en")
    shown.page.emulate_media(forced_colors="active")
    shown.go(stop)
    assert shown.page.evaluate("matchMedia('(forced-colors: active)').matches")
    return shown


def test_nothing_is_lost(tab: Tab) -> None:
    """Texts, icons, the edges of controls, and which one of several is chosen."""
    assert tab.page.evaluate(FAINT) == []


def test_the_eyes_are_open(scenes: Callable[[str], Scene], tabs: Tabs) -> None:
    """What would be lost is noticed: a heading in the colour of its ground, a chosen tile like its neighbour."""
    stop = next(one for one in SAMPLE if one.name == "prove-ways")
    shown = tabs.tab(scenes(stop.world), stop, "en")
    shown.page.emulate_media(forced_colors="active")
    shown.go(stop)
    for rule in (
        "h1 { forced-color-adjust: none; color: #111; background: #111 }",
        ".usa-radio, .usa-radio:has(:checked) { border: 1px solid CanvasText !important }",
    ):
        shown.page.evaluate(
            "rule => document.styleSheets[0].insertRule(rule, document.styleSheets[0].cssRules.length)", rule
        )
    assert [fault.split(":")[0] for fault in shown.page.evaluate(FAINT)] == ["text", "choice"]


def test_the_focus_is_seen_everywhere(tab: Tab) -> None:
    """Tab reaches what can be used, and each has a ring of at least two pixels in another colour than the page's."""
    hidden, reached = [], set()
    for _ in range(min(40, tab.page.evaluate(f"{USABLE}.length"))):
        tab.page.keyboard.press("Tab")
        index, ring = tab.page.evaluate(RING)
        reached.add(index)
        if index >= 0 and not ring:
            hidden.append(tab.page.evaluate("document.activeElement.outerHTML.slice(0, 90)"))
    assert hidden == []
    assert len(reached) > 4
