// What the pages do: light and dark, numbers and terms that say what they are, tables that sort, boxes that scroll, folds that
// open when a link leads to them, and the place in the page's contents. Nothing is loaded.
"use strict";

const root = document.documentElement;

// Light and dark: the reader's system decides until the reader does.
function setUpMode() {
  document.getElementById("mode").addEventListener("click", () => {
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* not kept, then */ }
  });
  // Paper is light, and so are the figures on it.
  let shown = root.dataset.theme, opened = [];
  addEventListener("beforeprint", () => {
    shown = root.dataset.theme;
    root.dataset.theme = "light";
    // Tables and sources in folds are printed; code is not.
    opened = [...document.querySelectorAll("main details.fold:not([open])")].filter((fold) => !fold.closest(".cell"));
    for (const fold of opened) fold.open = true;
  });
  addEventListener("afterprint", () => {
    root.dataset.theme = shown;
    for (const fold of opened) fold.open = false;
  });
}

// A link to code opens the fold that holds it.
function openTarget() {
  const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target && (target.closest("details.fold") || target.closest(".cell")?.querySelector("details.fold"));
  if (fold) fold.open = true;
}

// Numbers and terms: a card with the definition, and of a number its period and release. Escape
// closes it.
function setUpCards() {
  const card = document.createElement("div");
  Object.assign(card, { className: "hover-card", id: "hover-card", hidden: true });
  card.setAttribute("role", "note");
  card.setAttribute("popover", "manual");
  document.body.append(card);
  let shown = null, closing = 0;

  const add = (parent, tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };

  function fill({ dataset, href }) {
    card.replaceChildren();
    if (dataset.term) add(card, "p", dataset.term).className = "hover-card-term";
    add(card, "p", dataset.definition);
    if (dataset.term) {
      Object.assign(add(card, "a", "In the glossary"), { href });
      return;
    }
    const facts = add(card, "dl", "");
    for (const [name, value] of [["Period", dataset.period], ["Interval", dataset.interval], ["Unit", dataset.unit], ["Data", dataset.release]]) {
      if (!value) continue;
      add(facts, "dt", name);
      add(facts, "dd", value);
    }
    Object.assign(add(card, "a", "How this was computed"), { href });
  }

  function show(link) {
    clearTimeout(closing);
    if (shown === link) return;
    hide();
    shown = link;
    fill(link);
    // It stands behind its link, so that the next tab leads into it, and above all else.
    link.after(card);
    card.hidden = false;
    card.showPopover?.();
    link.setAttribute("aria-describedby", card.id);
    // A term may be broken over two lines; the card belongs to the first.
    const place = link.getClientRects()[0] ?? link.getBoundingClientRect(), size = card.getBoundingClientRect();
    const left = Math.min(place.left, root.clientWidth - size.width - 12);
    const above = place.bottom + size.height + 12 > innerHeight && place.top > size.height + 80;
    const top = above ? place.top - size.height - 6 : place.bottom + 6;
    card.style.left = `${Math.max(12, left) + scrollX}px`;
    card.style.top = `${top + scrollY}px`;
  }

  function hide() {
    if (!card.hidden) card.hidePopover?.();
    card.hidden = true;
    if (shown) shown.removeAttribute("aria-describedby");
    shown = null;
  }

  const later = () => { closing = setTimeout(hide, 250); };

  for (const link of document.querySelectorAll("a.result, a.term")) {
    link.addEventListener("pointerenter", (event) => { if (event.pointerType !== "touch") show(link); });
    link.addEventListener("pointerleave", later);
    link.addEventListener("focus", () => show(link));
    link.addEventListener("blur", later);
    // A first touch shows the card, whose link leads on.
    link.addEventListener("click", (event) => {
      if (event.pointerType === "touch") { event.preventDefault(); show(link); }
    });
  }
  card.addEventListener("pointerenter", () => clearTimeout(closing));
  card.addEventListener("pointerleave", later);
  card.addEventListener("focusin", () => clearTimeout(closing));
  card.addEventListener("focusout", later);
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !shown) return;
    if (card.contains(document.activeElement)) { const link = shown; link.focus(); }
    clearTimeout(closing);
    hide();
  });
  addEventListener("resize", hide);
  document.addEventListener("pointerdown", (event) => {
    if (shown && !card.contains(event.target) && !shown.contains(event.target)) hide();
  });
}

// Tables: a click on a header sorts by it, numbers from the largest; gaps stay last.
function setUpSorting() {
  const value = (row, column) => {
    const text = row.cells[column].textContent.trim();
    const number = Number(text.replace(/[,%\s]/g, "").replace("−", "-"));
    return text === "–" || text === "" ? null : Number.isNaN(number) ? text : number;
  };
  const compare = (a, b) => (typeof a === typeof b && typeof a === "number" ? a - b : String(a).localeCompare(String(b)));

  for (const table of document.querySelectorAll("table.sortable")) {
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "sort" });
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => {
        const numeric = header.classList.contains("number");
        const before = header.getAttribute("aria-sort");
        const order = before ? (before === "ascending" ? "descending" : "ascending") : numeric ? "descending" : "ascending";
        headers.forEach((other) => other.removeAttribute("aria-sort"));
        header.setAttribute("aria-sort", order);
        const sign = order === "ascending" ? 1 : -1;
        const rows = [...table.tBodies[0].rows].map((row) => [value(row, column), row]);
        rows.sort(([a], [b]) => (a === null) - (b === null) || (a === null ? 0 : sign * compare(a, b)));
        table.tBodies[0].append(...rows.map(([, row]) => row));
      });
    });
  }
}

// On a phone a table of many rows shows the first, until this button is asked for all (exhibits.css).
function setUpManyRows() {
  for (const table of document.querySelectorAll(".report-table table.many-rows")) {
    const button = document.createElement("button");
    const box = table.parentElement;
    Object.assign(button, { type: "button", className: "all-rows", textContent: `Show all ${table.tBodies[0].rows.length} rows` });
    button.addEventListener("click", () => {
      table.classList.add("whole");
      box.focus({ preventScroll: true });
      button.remove();
    });
    box.after(button);
  }
}

// What scrolls in a box of its own can be scrolled from the keyboard. Of a table a sign says so, and a
// column that an edge would cut is not shown until it is seen whole.
function setUpScrolling() {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const scrolls = target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight;
      if (scrolls) target.tabIndex = 0;
      else if (target.getAttribute("role") !== "region") target.removeAttribute("tabindex");
      showWholeColumns(target);
    }
  });
  document.querySelectorAll(".table-scroll, pre, .math").forEach((box) => observer.observe(box));
  for (const box of document.querySelectorAll(".table-scroll")) box.addEventListener("scroll", () => showWholeColumns(box));
}

function showWholeColumns(box) {
  const table = box.querySelector(":scope > table");  // which a script may have put there since
  if (!table?.tHead) return;
  const [first, ...others] = table.tHead.rows[0].cells;
  const scrolls = box.scrollWidth > box.clientWidth + 1;
  box.classList.toggle("scrolls", scrolls);
  if (!scrolls && !box.scrollSign) return;
  const left = first.getBoundingClientRect().right - 1;
  const right = box.getBoundingClientRect().left + box.clientWidth + 1;
  const edges = others.map((head) => head.getBoundingClientRect());
  // A column wider than what is left beside the first is shown as far as it goes.
  const isCut = edges.map((edge) => scrolls && edge.width <= right - left && (edge.left < left || edge.right > right));
  for (const row of table.rows) {
    isCut.forEach((cut, place) => row.cells[place + 1]?.classList.toggle("cut", cut));
  }
  const hidden = edges.filter((edge) => edge.right > right).length;
  if (!box.scrollSign) {
    box.scrollSign = Object.assign(document.createElement("p"), { className: "scroll-sign" });
    box.scrollSign.setAttribute("aria-hidden", "true");
    box.before(box.scrollSign);
  }
  box.scrollSign.hidden = !scrolls;
  box.scrollSign.textContent = hidden ? `${hidden} more column${hidden > 1 ? "s" : ""} to the right →` : "← scroll back";
}

// Contents: mark the section that is being read.
function setUpContents() {
  const links = new Map();
  for (const link of document.querySelectorAll(".contents a[href^='#']")) {
    const section = link.hash && document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (section) links.set(section, link);
  }
  const seen = new Set();
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) isIntersecting ? seen.add(target) : seen.delete(target);
    const current = [...links.keys()].filter((section) => seen.has(section)).pop();
    for (const [section, link] of links) link.classList.toggle("here", section === current);
  }, { rootMargin: "-15% 0px -75% 0px" });
  for (const section of links.keys()) observer.observe(section);
}

// Editions: links to the same page of those published beside this one, or to the front page of one
// that has no such page. The site's own editions.js lists them.
function setUpEditions() {
  const place = document.getElementById("editions"), listed = window.reportEditions ?? [];
  if (!place || listed.length < 2) return;
  const site = new URL(root.dataset.content_root, location.href);
  // Served alone, a site does not reach the others, which lie beside it.
  const up = window.reportEditionsList.split("../").length - 1;
  if (site.pathname.split("/").length - 2 < up) return;
  const here = location.href.split(/[?#]/)[0].slice(site.href.length);
  const page = here.replace(/\.html$/, "") || "index";
  const link = (text, address) => Object.assign(document.createElement("a"), { textContent: text, href: new URL(address, site).href });
  for (const { name, title, root, pages } of listed) {
    const target = pages.includes(page) ? `${page}.html${location.search}` : "index.html";
    const isThis = name === place.dataset.edition;
    place.append(isThis ? `${title} (this one)` : link(title, root + target), "; ");
  }
  place.append(link("All editions", window.reportEditionsList));
  place.hidden = false;
}

// Figures: the drawing for a narrow column is loaded where it is shown and when it comes near.
function setUpDrawings() {
  const site = new URL(root.dataset.content_root, location.href);
  const load = (place) => {
    const script = Object.assign(document.createElement("script"), { src: new URL(place.dataset.src, site).href });
    script.addEventListener("load", () => { place.innerHTML = window.reportDrawings[place.dataset.drawing]; });
    script.addEventListener("error", () => place.classList.add("missing"));
    document.head.append(script);
  };
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      observer.unobserve(target);
      load(target);
    }
  }, { rootMargin: "800px 0px" });
  // What a reader sees first does not wait for the observer, which answers after the first frame.
  const shown = [...document.querySelectorAll(".figure-narrow")].filter((place) => place.offsetParent);
  const seen = shown.filter((place) => place.getBoundingClientRect().top < innerHeight);
  seen.forEach(load);
  document.querySelectorAll(".figure-narrow").forEach((place) => seen.includes(place) || observer.observe(place));
}

// Code: a button copies it.
function setUpCopying() {
  for (const box of document.querySelectorAll(".highlight")) {
    const button = Object.assign(document.createElement("button"), { type: "button", className: "copy", textContent: "Copy" });
    button.addEventListener("click", async () => {
      const code = box.querySelector("pre").textContent;
      try {
        await navigator.clipboard.writeText(code);
      } catch {
        // A page that was opened as a file may not use the clipboard; what is selected can be copied.
        getSelection().selectAllChildren(box.querySelector("pre"));
        document.execCommand("copy");
      }
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 2000);
    });
    box.append(button);
  }
}

// A stroke leads to the search.
function setUpSearch() {
  const field = document.querySelector("input[type=search]");
  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.target.closest("input, select, textarea")) return;
    event.preventDefault();
    field?.focus();
  });
}

function setUp() {
  setUpMode();
  setUpCards();
  setUpSorting();
  setUpManyRows();
  setUpScrolling();
  setUpContents();
  setUpEditions();
  setUpDrawings();
  setUpCopying();
  setUpSearch();
  openTarget();
  addEventListener("hashchange", openTarget);
}

setUp();
