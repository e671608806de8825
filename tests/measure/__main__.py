"""`make snapshots`: draw the kept pictures of key pages anew, after a look at what has changed."""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browser import chromium
from tests.measure.pictures import KEPT, standing_still, taken


def main() -> None:
    shutil.rmtree(KEPT, ignore_errors=True)
    KEPT.mkdir()
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.executable(), args=[*chromium.FLAGS])
        with standing_still(Path(folder)) as (url, shots, cookie):
            for name, picture in taken(browser, url, shots, cookie):
                picture.save(KEPT / f"{name}.png", optimize=True)
        browser.close()
    size = sum(each.stat().st_size for each in KEPT.iterdir())
    sys.stdout.write(f"{len(list(KEPT.iterdir()))} pictures, {size // 1024} kB in all, in {KEPT}\n")


if __name__ == "__main__":
    main()
