"""What somebody without a mouse does: Tab until something is reached."""

from playwright.sync_api import Page

MOST_STEPS = 60  # Tab presses until something must have been reached
# What can be used and is seen; a closed <details> hides what is in it.
USABLE = """[...document.querySelectorAll('a[href], button, input:not([type=hidden]), textarea, select, summary')]
    .filter(one => one.checkVisibility() && !one.disabled && one.tabIndex >= 0)"""
_SAYS = """text => { const one = document.activeElement;
    const label = one.labels?.[0]?.innerText ?? one.innerText ?? '';
    return label.replace(/\\s+/g, ' ').trim().startsWith(text) }"""
# Outline or border of what has the focus, as wide as a person can see; 2.4.13 asks for two pixels around it.
_SEEN = """() => { const style = getComputedStyle(document.activeElement);
    return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 }"""


def tab_to(page: Page, text: str) -> None:
    """Press Tab until what has the focus says, or is labelled, `text`; the focus must be seen there."""
    for _ in range(MOST_STEPS):
        page.keyboard.press("Tab")
        if page.evaluate(_SAYS, text):
            assert page.evaluate(_SEEN), f"nobody sees that {text!r} has the focus"
            return
    raise AssertionError(f"{text!r} is not reached by {MOST_STEPS} steps")


def enter(page: Page, text: str) -> None:
    """Reach a link or a button and use it by Enter; wait for the page it leads to."""
    tab_to(page, text)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page: Page, label: str, value: str) -> None:
    """Reach a field and type."""
    tab_to(page, label)
    page.keyboard.type(value)
