"""A Chromium for the browser tests: the machine's own, else one installed from its packages, else Playwright's."""

import os
import shutil
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Error, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")

# What a browser needs to start as root on a machine without a screen, and to keep quiet on the network.
FLAGS: tuple[str, ...] = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def picture(page: Page, path: Path | None = None) -> bytes:
    """All of a page as PNG. Under load Chromium sometimes says that it cannot just now; then it is asked again."""
    for _try in range(2):
        with suppress(Error):
            return page.screenshot(path=path, full_page=True)
        page.wait_for_timeout(500)
    return page.screenshot(path=path, full_page=True)


def executable() -> str:
    """The path of a Chromium, installed when there is none; RuntimeError when none can be had."""
    if path := found():
        return path
    for command in installers():
        subprocess.run(command, check=False)
        if path := found():
            return path
    raise RuntimeError(
        "The browser tests need Chromium, and none could be installed: "
        f"put one of {', '.join(NAMES)} on the PATH and try again."
    )


def found() -> str | None:
    """The path of the first Chromium on the PATH, else of the one that Playwright keeps, else None."""
    on_path = (shutil.which(name) for name in NAMES)
    return next((path for path in on_path if path), None) or kept_by_playwright()


def kept_by_playwright() -> str | None:
    """Asked in a process of its own, because Playwright may already be running in this one."""
    ask = "from playwright.sync_api import sync_playwright as p\nwith p() as p: print(p.chromium.executable_path)"
    path = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    return path if Path(path).exists() else None


def installers() -> list[list[str]]:
    """The commands worth trying on this machine, in order."""
    from_packages = "apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y chromium"
    packages = [["sh", "-c", from_packages]] if os.geteuid() == 0 and shutil.which("apt-get") else []
    return [*packages, [sys.executable, "-m", "playwright", "install", "chromium"]]


if __name__ == "__main__":
    sys.stdout.write(f"Browser tests use {executable()}\n")
