"""The pages and news of a summit's site as search engines are told of them."""

from __future__ import annotations

from collections.abc import Iterator

from app.publishing.machines import sitemap
from app.publishing.machines.sitemap import Page, Summit
from app.site.shown import site
from app.web import absolute


def pages(summit: Summit) -> Iterator[Page]:
    """What is shown of a summit's site: its pages, and its news with the list of them."""
    slug = summit.programme.summit.slug
    found = site(summit.id, summit.site, slug)
    for each in found.pages:
        yield Page(absolute("site.page", event=slug, slug=each.slug), each.changed_at)
    if found.every_news:
        yield Page(absolute("site.news", event=slug), max(each.changed_at for each in found.every_news))
    for each in found.every_news:
        yield Page(absolute("site.piece", event=slug, slug=each.slug), each.changed_at)


sitemap.more.append(pages)
