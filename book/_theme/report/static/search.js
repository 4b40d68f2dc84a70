// The search: words and numbers, all of which a passage must have, and "phrases in quotation marks".
// What is asked for is loaded in small scripts (rebalancing.book.search), from a file too.
"use strict";

const COMMON = new Set("a an and are as at be but by for from has have in is it its of on or than that the their they this to was were which with".split(" "));
const MOST = 12, OF_A_PAGE = 3, LOOKED_AT = 36;
const site = new URL(document.documentElement.dataset.content_root, location.href);
const loaded = {};

// One file of the search; null where there is none, as no word begins so.
function load(name) {
  return loaded[name] ??= new Promise((done) => {
    const script = Object.assign(document.createElement("script"), { src: new URL(`search/${name}.js`, site).href });
    script.addEventListener("load", () => done(window.reportSearch[name]));
    script.addEventListener("error", () => done(null));
    document.head.append(script);
  });
}

const plain = (text) => text.toLowerCase().replace(/(\d),(?=\d)/g, "$1").replace(/[’‘]/g, "'").replace(/[\u00a0\s]+/g, " ");
const wordsOf = (text) => (plain(text).match(/\d+(?:\.\d+)?|[^\W\d_]+|[\p{L}]+/gu) ?? []);

// The passages that a word stands in; a word of letters also as the beginning of a longer one.
async function passagesOf(word, starts) {
  const start = [...word.slice(0, 2)];
  if (!starts.has(start.map((letter) => letter.codePointAt(0)).join("-"))) return new Set();
  const file = await load(`w-${start.map((letter) => letter.codePointAt(0)).join("-")}`) ?? {};
  const found = new Set();
  for (const [other, steps] of Object.entries(file)) {
    if (other !== word && (word.length < 3 || /^\d/.test(word) || !other.startsWith(word))) continue;
    let number = 0;
    for (const step of steps) found.add(number += step);
  }
  return found;
}

async function search(query) {
  const index = await load("index");
  const phrases = [...query.matchAll(/["“”„]([^"“”„]+)["“”„]/g)].map((match) => plain(match[1]).trim());
  const words = [...new Set(wordsOf(query))].filter((word) => !COMMON.has(word));
  if (!words.length) return { results: [], total: 0, words };
  const starts = new Set(index.starts);
  const sets = await Promise.all(words.map((word) => passagesOf(word, starts)));
  const all = [...sets[0]].filter((number) => sets.every((set) => set.has(number)));
  const weight = { h: 0, t: 1, r: 2 };
  all.sort((a, b) => weight[index.kinds[a]] - weight[index.kinds[b]] || a - b);
  const pageOf = (number) => index.pages.findLast(([, , first]) => first <= number);
  const results = [], onPage = new Map();
  let lookedAt = 0;
  for (const number of all) {
    if (results.length >= MOST || lookedAt >= LOOKED_AT) break;
    const [address, title] = pageOf(number);
    if ((onPage.get(address) ?? 0) >= OF_A_PAGE) continue;
    lookedAt += 1;
    const [text, anchor] = (await load(`p-${Math.floor(number / index.perFile)}`))[number % index.perFile];
    if (!phrases.every((phrase) => plain(text).includes(phrase))) continue;
    onPage.set(address, (onPage.get(address) ?? 0) + 1);
    results.push({ address, title, text, anchor });
  }
  return { results, total: phrases.length ? results.length : all.length, words };
}

// A sentence with the words that were asked for marked.
function marked(text, words) {
  const line = document.createElement("p");
  line.className = "context";
  const numbers = words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const cut = text.length > 320 ? `${text.slice(0, 320).replace(/\s\S*$/, "")} …` : text;
  for (const part of cut.split(new RegExp(`((?<![\\p{L}\\d.])(?:${numbers.join("|")})[\\p{L}]*)`, "giu"))) {
    const isAsked = words.some((word) => plain(part).startsWith(word));
    line.append(isAsked ? Object.assign(document.createElement("mark"), { textContent: part }) : part);
  }
  return line;
}

async function show() {
  const query = new URLSearchParams(location.search).get("q")?.trim() ?? "";
  const field = document.querySelector(".search-form input"), said = document.getElementById("search-progress");
  field.value = query;
  if (!query) return;
  document.title = `${query} – ${document.title}`;
  said.textContent = "Searching …";
  const { results, total, words } = await search(query);
  const list = document.createElement("ul");
  for (const { address, title, text, anchor } of results) {
    const item = document.createElement("li");
    const beginning = text.split(" · ")[0].split(" ").slice(0, 8).join(" ");
    const href = `${address}#${anchor}:~:text=${encodeURIComponent(beginning).replace(/-/g, "%2D")}`;
    item.append(Object.assign(document.createElement("a"), { textContent: title, href }), marked(text, words));
    list.append(item);
  }
  document.getElementById("search-results").replaceChildren(list);
  said.textContent = !results.length
    ? `Nothing is said of “${query}”. Try fewer words, or a number as it is written, such as 39.9.`
    : total > results.length ? `${total} passages; the first ${results.length}:` : `${total} passage${total > 1 ? "s" : ""}:`;
}

show();
