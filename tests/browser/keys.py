"""Somebody who has no mouse: Tab, Enter, Space and the arrows, and the eye that follows the focus."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

FAR = 120
"""How often somebody presses Tab, at most, to get to the next field."""
FOCUSED = "each => each === document.activeElement"
HIDDEN = """() => {
  const focused = document.activeElement, box = focused.getBoundingClientRect();
  if (focused === document.body) return '';
  const near = [0.1, 0.5, 0.9];
  const seen = near.some((x) => near.some((y) => {
    const there = document.elementFromPoint(box.left + x * box.width, box.top + y * box.height);
    return there && (focused.contains(there) || there.contains(focused) || there.closest('label')?.control === focused);
  }));
  return seen ? '' : focused.outerHTML.slice(0, 200);
}"""
"""A script: what has the focus, when nothing of it is seen (WCAG 2.4.11)."""


def go(page: Page, to: Locator, key: str = "Tab") -> None:
    """Press Tab (or another key) until this has the focus; whatever has it on the way is in sight."""
    for _step in range(FAR):
        if to.evaluate(FOCUSED):
            return
        page.keyboard.press(key)
        if unseen := page.evaluate(HIDDEN):
            raise AssertionError(f"has the focus and is not seen: {unseen}")
    raise AssertionError(f"{to} cannot be reached by keyboard")


def press(page: Page, button: Locator, key: str = "Enter") -> None:
    """Go there and press it."""
    go(page, button)
    page.keyboard.press(key)


def type_into(page: Page, field: Locator, text: str) -> None:
    """Go there and type, in place of what stands there."""
    go(page, field)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
