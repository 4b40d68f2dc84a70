// The search: words and numbers, all of which a passage must have, and "phrases in quotation marks". Where
// no passage has all, those with most of them are shown, of pages that have all first. A word that stands
// nowhere is taken for those that differ from it by one letter.
// What is asked for is loaded in small scripts (rebalancing.book.finish.search), from a file too.
"use strict";

const COMMON = new Set("a an and are as at be but by for from has have in is it its of on or than that the their they this to was were which with".split(" "));
const MOST = 12, OF_A_PAGE = 3, LOOKED_AT = 36, MISTYPED_FROM = 4;
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

// Whether two words differ by one letter: another, one more, one less, or two in the wrong order.
function areNear(one, other) {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const [a, b] = [one.slice(at), other.slice(at)];
  return a.slice(1) === b.slice(1) || a.slice(1) === b || a === b.slice(1) ||
    (a[0] === b[1] && a[1] === b[0] && a.slice(2) === b.slice(2));
}

// The words that may have been meant by one that stands nowhere.
async function meant(word) {
  if (word.length < MISTYPED_FROM || /\d/.test(word)) return [];
  return (await load("words") ?? "").split(" ").filter((other) => areNear(word, other));
}

// The passages that have most of the words, those of pages that have all of them first.
function withMost(sets, pageOf) {
  const had = new Map(), ofPage = new Map();
  sets.forEach((set, word) => set.forEach((number) => {
    had.set(number, (had.get(number) ?? 0) + 1);
    const page = pageOf(number);
    ofPage.set(page, (ofPage.get(page) ?? new Set()).add(word));
  }));
  const most = Math.max(...had.values()), lacks = (number) => sets.length - ofPage.get(pageOf(number)).size;
  return [...had.keys()].filter((number) => had.get(number) === most).sort((a, b) => lacks(a) - lacks(b) || a - b);
}

async function search(query) {
  const index = await load("index");
  const phrases = [...query.matchAll(/["“”„]([^"“”„]+)["“”„]/g)].map((match) => plain(match[1]).trim());
  const asked = [...new Set(wordsOf(query))].filter((word) => !COMMON.has(word));
  if (!asked.length) return { results: [], total: 0, words: asked, instead: [] };
  const starts = new Set(index.starts), instead = [], words = [];
  const sets = await Promise.all(asked.map(async (word) => {
    const found = await passagesOf(word, starts);
    const others = found.size ? [] : await meant(word);
    if (others.length) instead.push([word, others]);
    words.push(...(others.length ? others : [word]));
    for (const other of others) for (const number of await passagesOf(other, starts)) found.add(number);
    return found;
  }));
  const isSaid = (phrase, text) => text.includes(phrase) ||
    instead.some(([word, others]) => others.some((other) => text.includes(phrase.replace(word, other))));
  const pageOf = (number) => index.pages.findLast(([, , first]) => first <= number);
  let all = [...sets[0]].filter((number) => sets.every((set) => set.has(number)));
  const isPartial = !all.length && !phrases.length;
  if (isPartial) all = withMost(sets, pageOf);
  const weight = { h: 0, t: 1, r: 2 };
  if (!isPartial) all.sort((a, b) => weight[index.kinds[a]] - weight[index.kinds[b]] || a - b);
  const results = [], onPage = new Map();
  let lookedAt = 0;
  for (const number of all) {
    if (results.length >= MOST || lookedAt >= LOOKED_AT) break;
    const [address, title] = pageOf(number);
    if ((onPage.get(address) ?? 0) >= OF_A_PAGE) continue;
    lookedAt += 1;
    const [text, anchor] = (await load(`p-${Math.floor(number / index.perFile)}`))[number % index.perFile];
    if (!phrases.every((phrase) => isSaid(phrase, plain(text)))) continue;
    onPage.set(address, (onPage.get(address) ?? 0) + 1);
    results.push({ address, title, text, anchor });
  }
  // What has the words side by side, as they were asked for, comes first.
  const whole = plain(query).trim();
  results.sort((a, b) => plain(b.text).includes(whole) - plain(a.text).includes(whole));
  return { results, total: phrases.length ? results.length : all.length, words, instead, isPartial };
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
  const { results, total, words, instead, isPartial } = await search(query);
  const list = document.createElement("ul");
  for (const { address, title, text, anchor } of results) {
    const item = document.createElement("li");
    const beginning = text.split(" · ")[0].split(" ").slice(0, 8).join(" ");
    const href = `${address}#${anchor}:~:text=${encodeURIComponent(beginning).replace(/-/g, "%2D")}`;
    item.append(Object.assign(document.createElement("a"), { textContent: title, href }), marked(text, words));
    list.append(item);
  }
  document.getElementById("search-results").replaceChildren(list);
  const named = instead.map(([word, others]) => `Nothing is said of “${word}”, but of “${others.slice(0, 3).join("”, “")}”. `).join("");
  said.textContent = !results.length
    ? `Nothing is said of “${query}”. Try fewer words, or a number as it is written, such as 39.9.`
    : named + (isPartial && words.length > 1 ? "No passage has all these words; these have most. " : "") + (total > results.length ? `${total} passages; the first ${results.length}:` : `${total} passage${total > 1 ? "s" : ""}:`);
}

show();
