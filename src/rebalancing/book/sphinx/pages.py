"""What every page is given beside its text: its place, a description, addresses, light markup.

What needs the address of the site is left out where none is set
(`rebalancing.book.pages.citation`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.addnodes import toctree
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.environment import BuildEnvironment
from sphinx.environment.adapters.toctree import global_toctree_for_doc

from rebalancing.book.finish import drawings
from rebalancing.files import write_atomic

_LONGEST = 300  # letters of a description
_OF_DATA = ("explore", "exhibits")
_DATA = re.compile(r'href="([\w./-]*(?:\.csv|results\.json))"')
_FIGURE = re.compile(r'href="(?:\.\./)*(figures/[\w./-]+\.png)"')
# Roles that docutils gives to lists of literature, which browsers and readers' aids do not know.
_ROLES = re.compile(r' role="(?:list|doc-biblioentry)"(?= class="citation)| role="doc-biblioentry"')
# What docutils puts around each word of code, which no style needs; lists of codes have thousands.
_CODE = re.compile(r'<code class="docutils literal notranslate">(.*?)</code>', re.DOTALL)
_LIGHT_CODE = re.compile("<code>.*?</code>", re.DOTALL)
_WORD = re.compile(r'<span class="pre">(.*?)</span>', re.DOTALL)


def description(doctree: nodes.document) -> str:
    """Return the beginning of a page's text, in whole sentences where they are short enough."""
    found = (p for p in doctree.findall(nodes.paragraph) if not isinstance(p.parent, nodes.entry))
    leads = [p for p in found if "standfirst" in p.parent.get("classes", [])]
    first = next(iter(leads), None) or next(doctree.findall(nodes.paragraph), None)
    words = " ".join(first.astext().split()) if first else ""
    if len(words) <= _LONGEST:
        return words
    sentences = words[:_LONGEST].rpartition(". ")[0]
    return f"{sentences}." if sentences else f"{words[: _LONGEST - 1].rpartition(' ')[0]}…"


def light(body: str) -> str:
    """Return a page's HTML without the markup of docutils that says nothing."""
    body = _ROLES.sub("", body)
    return _CODE.sub(lambda code: "<code>" + _WORD.sub(r"\1", code[1]) + "</code>", body)


def breakable(contents: str) -> str:
    """Return the contents of a page, in which names of code break after their points."""
    return _LIGHT_CODE.sub(lambda code: code[0].replace(".", ".<wbr>"), light(contents))


@lru_cache(maxsize=1)
def parts(env: BuildEnvironment) -> dict[str, str]:
    """Return the part of the book that each page is in."""
    root = env.get_doctree(str(env.config.root_doc))
    trees = list(root.findall(toctree))
    return {page: tree.get("caption") or "" for tree in trees for page in tree["includefiles"]}


@lru_cache(maxsize=1)
def _listed(builder: StandaloneHTMLBuilder) -> str:
    """Return the list of all pages as the front page shows it, which is not in it."""
    root = str(builder.config.root_doc)
    tree = global_toctree_for_doc(builder.env, root, builder, maxdepth=1, titles_only=True)
    return builder.render_partial(tree)["fragment"].replace(' role="heading"', "")


def chapters(listed: str, page: str) -> str:
    """Return the list of all pages with one of them marked as the page that is shown."""
    link = '<a class="reference internal" href='
    before, found, after = listed.partition(f'<li class="toctree-l1">{link}"{page}.html">')
    if not found:
        return listed
    others, _, above = before.rpartition("<ul>")
    marked = '<li class="toctree-l1 current"><a class="current reference internal" href="#">'
    return f'{others}<ul class="current">{above}{marked}{after}'


def linked_data(app: Sphinx, context: dict[str, Any], said: str, picture: str) -> str:
    """Return what search engines and reference managers read, as JSON-LD without markup.

    Args:
        app: The builder of the site, which knows its address and author.
        context: Of the page; a page of data has the files that its body links to.
        said: Its description, if it has one.
        picture: Address of its picture, if it has one.
    """
    about: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "ScholarlyArticle",
        "headline": context["plain_title"],
        "description": said,
        "author": {"@type": "Organization", "name": app.config.html_context["author"]},
        "url": context["pageurl"],
        "image": picture,
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    if files := _DATA.findall(context.get("body", "")) if context["pagename"] in _OF_DATA else []:
        about["@type"], about["name"] = "Dataset", about.pop("headline")
        about["distribution"] = [
            {
                "@type": "DataDownload",
                "contentUrl": f"{app.config.html_baseurl}{file}",
                "encodingFormat": "application/json" if file.endswith("json") else "text/csv",
            }
            for file in dict.fromkeys(files)
        ]
    return json.dumps({name: value for name, value in about.items() if value}, ensure_ascii=False)


def _complete(
    app: Sphinx, page: str, _: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Give a page its part, description and picture, and lighter markup."""
    context["metatags"] = re.sub(r'<meta name="viewport"[^>]*>', "", context.get("metatags", ""))
    context["part"] = parts(app.env).get(page, "")
    context["chapters"] = chapters(_listed(app.builder), page)
    context["plain_title"] = re.sub(r"<[^>]*>", "", context.get("title", ""))
    said = description(doctree) if doctree else ""
    context["description"] = said
    if "body" in context:
        context["body"] = light(context["body"])
    if "toc" in context:
        context["toc"] = breakable(context["toc"])
    base = app.config.html_baseurl
    if base:
        picture = _FIGURE.search(context.get("body", ""))
        context["picture"] = f"{base}{picture[1]}" if picture else ""
        context["linked_data"] = linked_data(app, context, said, context["picture"])


def _not_indexed(app: Sphinx) -> None:
    """Keep Sphinx from indexing words, as the site has a search of its own."""
    vars(app.builder)["search"] = False


def _more(_: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield the page of the search, and the one that a server shows where there is none."""
    yield "search", {"title": "Search"}, "search.html"
    yield "404", {"title": "Not found"}, "404.html"


def site_map(base: str, pages: Iterable[str]) -> str:
    """Return the map of a site for search engines."""
    lines = [f"<url><loc>{base}{page}.html</loc></url>" for page in sorted(pages)]
    opening = '<?xml version="1.0" encoding="UTF-8"?>\n'
    scheme = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return "\n".join([f'{opening}<urlset xmlns="{scheme}">', *lines, "</urlset>", ""])


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Write what lies beside the pages, once they are there."""
    if error:
        return
    if base := app.config.html_baseurl:
        write_atomic(Path(app.outdir) / "sitemap.xml", site_map(base, app.env.found_docs))
    # A report's site has its figures only later, and does this then.
    for place, script in drawings.files(Path(app.outdir)).items():
        write_atomic(Path(app.outdir) / place, script, durable=False)


def setup(app: Sphinx) -> None:
    """Complete every page that is written."""
    app.connect("html-page-context", _complete)
    app.connect("builder-inited", _not_indexed)
    app.connect("html-collect-pages", _more)
    app.connect("build-finished", _finish)
