"""A person without a mouse: Tab until the thing is reached, and a ring seen at every stop."""

#: What has the focus, in words; and whether anything around it shows a ring.
_WHERE = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const around = [at, at.parentElement, at.parentElement && at.parentElement.parentElement, at.nextElementSibling];
  const ringed = around.some((e) => {
    if (!e) return false;
    const s = getComputedStyle(e);
    return (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none";
  });
  // What is large or hidden in its label has no one middle; of the others something shows.
  const box = at.getBoundingClientRect();
  const small = box.width > 8 && box.height > 8 && box.height < 200;
  const found = small && document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  const covered = small && !(found && (at.contains(found) || found.contains(at) || found.closest("label") === at.closest("label")));
  return { covered, words: `${at.tagName} ${at.id} ${(at.textContent || at.value || "").trim().slice(0, 40)}`, ringed };
}"""


def tab_to(page, selector: str, *, most: int = 150, back: bool = False) -> None:
    """Press Tab until an element that fits has the focus.

    Raises
    ------
    AssertionError
        If it is not reached, or somewhere on the way no ring shows where one is, or it lies under something.
    """
    for _ in range(most):
        page.keyboard.press("Shift+Tab" if back else "Tab")
        at = page.evaluate(_WHERE)
        if at is None:
            continue  # the browser's own parts, between the end of a page and its beginning
        assert at["ringed"], f"no ring at {at['words']}"
        assert not at["covered"], f"something lies over {at['words']}"
        if page.evaluate("(s) => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} is not reached by {most} tabs; the last was {at}")


def press(page, selector: str, key: str = "Enter", **how) -> None:
    """Go to an element and press a key on it."""
    tab_to(page, selector, **how)
    page.keyboard.press(key)
