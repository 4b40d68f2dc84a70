// The page on which readers look through any economy and measure. What is shown stands in the address, so that it can be
// shared; the values of a measure are a script that is loaded when they are asked for (rebalancing.book.pages.explore).
"use strict";

// Names that readers type and publishers do not use.
const OTHER_NAMES = { uk: "GBR", britain: "GBR", us: "USA", america: "USA", uae: "ARE", eu: "EU27", turkey: "TUR", "ivory coast": "CIV", holland: "NLD", "czech republic": "CZE", burma: "MMR", "cape verde": "CPV", swaziland: "SWZ" };

(() => {
  const page = document.getElementById("explore"), held = window.reportExplore, draw = window.reportDraw;
  if (!page || !held?.measures.length) return;
  const MOST = 24, PEERS = 6;
  const form = page.querySelector("form"), figure = page.querySelector("figure"), field = form.elements;
  const chart = page.querySelector(".explore-chart"), list = page.querySelector(".explore-list"), readout = page.querySelector(".explore-readout");
  const site = new URL(document.documentElement.dataset.content_root, location.href);
  const loading = {}, nameOf = (code) => held.economies[code][0];
  const byName = new Map(Object.keys(held.economies).map((code) => [nameOf(code).toLowerCase(), code]));
  let state, shown = null, marked = null;

  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const measureOf = () => held.measures.find(({ key }) => key === state.measure);
  const releaseOf = () => measureOf().releases.find(({ release }) => release === state.release);

  // Numbers as the report sets them: rounded as Python does it, with a true minus, and none before zero.
  const number = (value) => {
    const { digits } = measureOf(), shownAs = Number(value.toFixed(digits)).toLocaleString("en-GB", { minimumFractionDigits: digits });
    return (/[1-9]/.test(shownAs) ? shownAs : shownAs.replace("-", "")).replace("-", "−");
  };
  const onAxis = (value) => value.toLocaleString("en-GB", { maximumFractionDigits: 6 }).replace("-", "−");
  const withUnit = (value) => `${number(value)}${measureOf().unit.startsWith("%") ? "" : " "}${measureOf().unit}`;

  // What is asked for: the address, or the study's own view; what the data do not have is put right.
  function read() {
    const asked = new URLSearchParams(location.hash.slice(1)), years = (asked.get("y") ?? "").split("-").map(Number);
    const codes = asked.has("e") ? asked.get("e").split(",") : [held.economy, ...held.peers];
    state = {
      measure: held.measures.some(({ key }) => key === asked.get("m")) ? asked.get("m") : held.measures[0].key,
      release: asked.get("r"), from: years[0], to: years[1], at: Number(asked.get("at")),
      economies: [...new Set(codes)].filter((code) => Object.hasOwn(held.economies, code)).slice(0, MOST),
      view: ["chart", "list", "multiples"].includes(asked.get("v")) ? asked.get("v") : "chart",
    };
    settle();
  }

  function settle() {
    if (!releaseOf()) state.release = measureOf().releases[0].release;
    const { first, last, known } = releaseOf(), inside = (year) => Number.isInteger(year) && year >= first && year <= last;
    if (!inside(state.from)) state.from = first;
    if (!inside(state.to) || state.to <= state.from) state.to = last;
    if (state.from >= state.to) state.from = first;
    if (!inside(state.at)) state.at = known;
  }

  function write() {
    const { measure, release, economies, from, to, at, view } = state;
    const years = view === "list" ? `at=${at}` : `y=${from}-${to}`;
    history.replaceState(null, "", `#m=${measure}&r=${release}&e=${economies.join(",")}&${years}&v=${view}`);
  }

  // The values of the measure in its release; nothing where the file cannot be had.
  function load(name) {
    return loading[name] ??= new Promise((done) => {
      const script = element("script", { src: new URL(`explore/${name}.js`, site).href });
      script.addEventListener("load", () => done(held.data[name]));
      script.addEventListener("error", () => { delete loading[name]; done(null); });
      document.head.append(script);
    });
  }

  // The accent is the study's economy, its peers have their own colours, and others what is free.
  function colours() {
    const found = { [held.economy]: "var(--economy)" }, taken = new Set();
    held.peers.slice(0, PEERS).forEach((code, n) => {
      if (state.economies.includes(code)) { found[code] = `var(--peer-${n + 1})`; taken.add(n + 1); }
    });
    for (const code of state.economies) {
      if (found[code]) continue;
      const free = Array.from({ length: PEERS }, (_, n) => n + 1).find((n) => !taken.has(n));
      if (free) taken.add(free);
      found[code] = free ? `var(--peer-${free})` : "var(--muted)";
    }
    return found;
  }

  const valueOf = (data, code, year) => {
    const [first, values] = data.values[code] ?? [0, []];
    return values[year - first] ?? null;
  };
  const isProjected = (data, code, year) => year >= (data.projected[code] ?? Infinity);

  function seriesOf(data) {
    const colour = colours(), found = state.economies.filter((code) => data.values[code]).map((code) => ({
      code, name: nameOf(code), colour: colour[code], projected: data.projected[code], weight: code === held.economy ? 2.2 : 1.6,
      points: Array.from({ length: state.to - state.from + 1 }, (_, n) => [state.from + n, valueOf(data, code, state.from + n)]),
    }));
    return found.filter(({ points }) => points.some(([, value]) => value !== null));
  }

  // All economies of a year from the largest value; groups that were chosen stand among them without a rank.
  function ranking(data, year) {
    const rows = Object.keys(data.values).map((code) => ({ code, name: nameOf(code), kind: held.economies[code][1], value: valueOf(data, code, year) }))
      .filter(({ code, kind, value }) => value !== null && (kind === "economy" || state.economies.includes(code)))
      .sort((a, b) => b.value - a.value || a.name.localeCompare(b.name));
    let rank = 0;
    for (const row of rows) row.rank = row.kind === "economy" ? rank += 1 : null;
    return { rows, total: rank };
  }

  // The finding: the first economy that is chosen, its newest value and its place.
  function title(data) {
    const [code] = state.economies, { title: name } = measureOf();
    const series = data.values[code], last = Math.min(state.to, releaseOf().known);
    if (!series) return name;
    const years = state.view === "list" ? [state.at] : Array.from({ length: last - state.from + 1 }, (_, n) => last - n);
    const year = years.find((each) => valueOf(data, code, each) !== null);
    if (year === undefined) return name;
    const { rows, total } = ranking(data, year), { rank } = rows.find((row) => row.code === code);
    const place = rank ? `, ${rank === 1 ? "the highest" : rank === total ? "the lowest" : `rank ${rank}`} of ${total} economies` : "";
    return `${name}: ${nameOf(code)} ${withUnit(valueOf(data, code, year))} in ${year}${place}`;
  }

  function foot(data, startsAtZero) {
    const { definition } = measureOf(), { release, date, source, projected } = releaseOf();
    const without = state.economies.filter((code) => !(state.view === "list" ? valueOf(data, code, state.at) !== null : seriesOf(data).some((one) => one.code === code)));
    return [
      definition, `Source: ${source}; release ${release}${date === release ? "" : `, of ${date}`}.`,
      projected && state.view !== "list" ? "Dashed: projected or estimated by the publisher." : "",
      startsAtZero ? "" : "The vertical axis does not start at zero.",
      without.length ? `No figures here: ${without.map(nameOf).join(", ")}.` : "",
    ].filter(Boolean).join(" ");
  }

  // Values of one year, by hover, touch or arrow keys.
  function mark(data, series, year) {
    marked = year;
    shown.mark(year);
    const said = series.map(({ code, name }) => [name, valueOf(data, code, year), isProjected(data, code, year)])
      .map(([name, value, projected]) => `${name} ${value === null ? "–" : number(value)}${projected && value !== null ? " (projected)" : ""}`);
    readout.replaceChildren(element("b", { textContent: year }), ...said.flatMap((text) => [" · ", element("span", { textContent: text })]));
    chart.setAttribute("aria-valuenow", year);
    chart.setAttribute("aria-valuetext", `${year}: ${said.join("; ")}`);
  }

  function drawLines(data) {
    const series = seriesOf(data), own = series.filter(({ code }) => code === held.economy);
    const ordered = state.view === "chart" ? [...series.filter((one) => !own.includes(one)), ...own] : series;
    const options = { width: Math.max(280, Math.floor(figure.clientWidth)), from: state.from, to: state.to, show: onAxis };
    shown = ordered.length ? draw[state.view === "chart" ? "together" : "apart"](ordered, options) : null;
    chart.replaceChildren(shown ? shown.svg : element("p", { textContent: state.economies.length ? "No figures of these economies in these years." : "Choose an economy above." }));
    readout.replaceChildren();
    chart.tabIndex = shown ? 0 : -1;
    if (!shown) return true;
    chart.setAttribute("aria-valuemin", state.from);
    chart.setAttribute("aria-valuemax", state.to);
    chart.onmove = (year) => mark(data, series, Math.min(Math.max(year, state.from), state.to));
    chart.onmove(marked >= state.from && marked <= state.to && marked ? marked : Math.min(state.to, releaseOf().known));
    return shown.startsAtZero;
  }

  function drawList(data) {
    const { rows } = ranking(data, state.at), asked = field.find.value.trim().toLowerCase(), colour = colours();
    const low = Math.min(0, ...rows.map(({ value }) => value)), high = Math.max(0, ...rows.map(({ value }) => value)), share = (value) => 100 * (value - low) / (high - low || 1);
    const body = element("tbody");
    for (const { code, name, rank, value } of rows.filter((row) => row.name.toLowerCase().includes(asked))) {
      const isChosen = state.economies.includes(code), bar = element("i");
      bar.style.left = `${share(Math.min(0, value))}%`;
      bar.style.width = `${share(Math.max(0, value)) - share(Math.min(0, value))}%`;
      const button = element("button", { type: "button", textContent: name });
      button.setAttribute("aria-pressed", isChosen);
      button.dataset.code = code;
      const row = element("tr", { className: isChosen ? "chosen" : "" }, element("td", { className: "number", textContent: rank ?? "–" }),
        element("th", { scope: "row" }, button), element("td", { className: "bar" }, element("span", {}, bar)),
        element("td", { className: "number", textContent: `${number(value)}${isProjected(data, code, state.at) ? " p" : ""}` }));
      if (isChosen) row.style.setProperty("--line", colour[code]);
      body.append(row);
    }
    const heads = [["Rank", "number"], ["Economy", ""], ["", "bar"], [measureOf().unit, "number"]]
      .map(([text, className]) => (className === "bar" ? element("td", { className }) : element("th", { scope: "col", textContent: text, className })));
    const focus = document.activeElement?.dataset?.code;
    list.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
    if (!body.rows.length) list.append(element("p", { textContent: asked ? "No economy of that name has a figure." : "No figures in this year." }));
    const seen = `${page.dataset.shown} ${state.at} ${asked}`, own = body.querySelector(`button[data-code="${state.economies[0]}"]`)?.closest("tr");
    if (own && !asked && seen !== list.dataset.seen) list.scrollTop = own.offsetTop - list.clientHeight / 2;
    list.dataset.seen = seen;
    if (focus && list.hidden === false) list.querySelector(`button[data-code="${focus}"]`)?.focus({ preventScroll: true });
  }

  function drawTable(data) {
    const box = page.querySelector(".explore-values > .table-scroll"), series = seriesOf(data);
    const body = element("tbody");
    for (let year = state.to; year >= state.from; year -= 1) {
      const cells = series.map(({ code }) => [valueOf(data, code, year), isProjected(data, code, year)]);
      if (cells.every(([value]) => value === null)) continue;
      body.append(element("tr", {}, element("th", { scope: "row", textContent: year }),
        ...cells.map(([value, projected]) => element("td", { className: "number", textContent: value === null ? "–" : `${number(value)}${projected ? " p" : ""}` }))));
    }
    const heads = ["Year", ...series.map(({ name }) => name)].map((text, n) => element("th", { scope: "col", textContent: text, className: n ? "number" : "" }));
    const note = releaseOf().projected ? " p: projected or estimated by the publisher." : "";
    box.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
    page.querySelector(".explore-values > p").textContent = `${measureOf().unit}.${note}`;
  }

  // What the controls show.
  function fill() {
    const { first, last } = releaseOf();
    field.measure.value = state.measure;
    field.view.value = state.view;
    field.release.replaceChildren(...measureOf().releases.map(({ release }, n) => element("option", { value: release, textContent: n ? `${release} (the one before)` : `${release} (newest)` })));
    field.release.value = state.release;
    for (const name of ["from", "to", "at"]) {
      field[name].replaceChildren(...Array.from({ length: last - first + 1 }, (_, n) => element("option", { textContent: last - n })));
      field[name].value = state[name];
      field[name].closest("label").hidden = (name === "at") !== (state.view === "list");
    }
    field.find.closest("label").hidden = state.view !== "list";
    const colour = colours();
    page.querySelector(".explore-chosen").replaceChildren(...state.economies.map((code) => {
      const button = element("button", { type: "button", textContent: nameOf(code) });
      button.setAttribute("aria-label", `Take out ${nameOf(code)}`);
      button.dataset.code = code;
      button.style.setProperty("--line", colour[code]);
      return element("li", {}, button);
    }));
  }

  async function show() {
    fill();
    const asked = `${state.measure}-${state.release}`, data = await load(asked);
    if (asked !== `${state.measure}-${state.release}`) return;  // another was chosen meanwhile
    figure.hidden = false;
    page.classList.toggle("failed", !data);
    if (!data) { page.querySelector(".figure-title").textContent = "These figures could not be loaded."; return; }
    const isList = state.view === "list";
    list.hidden = !isList;
    chart.hidden = readout.hidden = isList;
    page.querySelectorAll("[data-picture], .explore-values").forEach((each) => { each.hidden = isList; });
    page.dataset.shown = asked;
    const startsAtZero = isList ? (drawList(data), true) : drawLines(data);
    page.querySelector(".figure-title").textContent = title(data);
    page.querySelector(".figure-subtitle").textContent = `${measureOf().unit[0].toUpperCase()}${measureOf().unit.slice(1)}, ${isList ? state.at : `${state.from} to ${state.to}`}`;
    page.querySelector(".figure-source").textContent = foot(data, startsAtZero);
    if (!isList && page.querySelector(".explore-values").open) drawTable(data);
    reports();
  }

  // Reports on the chosen economies that are published beside this one, or kept.
  function reports() {
    const place = page.querySelector(".explore-reports"), links = [];
    for (const { name, title: text, root } of window.reportEditions ?? []) {
      if (name !== held.edition && state.economies.some((code) => name === code || name.startsWith(`${code}-`))) links.push(element("a", { textContent: text, href: new URL(`${root}index.html`, site).href }));
    }
    for (const { economy, title: text, address } of window.reportEditionsKept ?? []) {
      if (state.economies.includes(economy)) links.push(element("a", { textContent: `${text}, in short`, href: new URL(address, site).href }));
    }
    for (const code of window.reportProfiles?.economies ?? []) {
      if (state.economies.includes(code)) links.push(element("a", { textContent: `${nameOf(code)} in numbers`, href: new URL(`${window.reportProfiles.root}${code}.html`, site).href }));
    }
    place.hidden = !links.length;
    place.replaceChildren("On these economies: ", ...links.flatMap((link, n) => (n ? ["; ", link] : [link])));
  }

  function change(values) {
    Object.assign(state, values);
    settle();
    write();
    show();
  }
  const toggle = (code) => change({ economies: state.economies.includes(code) ? state.economies.filter((other) => other !== code) : [...state.economies, code].slice(-MOST) });

  // The economy that is meant: by its name, its code or another usual name; on Enter also by the beginning of one.
  function meant(asked, isSure) {
    const known = byName.get(asked) ?? OTHER_NAMES[asked] ?? (asked.length === 3 ? asked.toUpperCase() : null);
    if ([...byName.values()].includes(known)) return known;
    return isSure && asked ? byName.get([...byName.keys()].find((name) => name.startsWith(asked) || name.includes(` ${asked}`))) : null;
  }
  function add(isSure) {
    const asked = field.add.value.trim().toLowerCase(), code = meant(asked, isSure);
    field.add.setCustomValidity(isSure && asked && !code ? "No economy of this name has figures here; pick one from the list." : "");
    if (!code) return void (isSure && field.add.reportValidity());
    field.add.value = "";
    if (!state.economies.includes(code)) toggle(code);
  }

  // What is shown, to take away.
  const fileName = () => `${state.measure}-${state.view === "list" ? state.at : `${state.from}-${state.to}`}`;
  function save(content, name) {
    const address = URL.createObjectURL(content instanceof Blob ? content : new Blob([content]));
    element("a", { href: address, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
  function csv(data) {
    const { title: name, unit } = measureOf(), { source, release } = releaseOf(), rows = [["economy", "code", "measure", "unit", "release", "source", "year", "value", "projected"]];
    const row = (code, year) => {
      const value = valueOf(data, code, year);
      if (value !== null) rows.push([nameOf(code), code, name, unit, release, source, year, value, isProjected(data, code, year) ? "yes" : "no"]);
    };
    if (state.view === "list") ranking(data, state.at).rows.forEach(({ code }) => row(code, state.at));
    else for (const { code, points } of seriesOf(data)) points.forEach(([year]) => row(code, year));
    return rows.map((cells) => cells.map((cell) => (/[",\n]/.test(cell) ? `"${String(cell).replace(/"/g, '""')}"` : cell)).join(",")).join("\n") + "\n";
  }
  const pictured = () => draw.picture(shown, { title: title(held.data[page.dataset.shown]), subtitle: page.querySelector(".figure-subtitle").textContent, foot: page.querySelector(".figure-source").textContent });
  function png() {
    const picture = new Image(), svg = pictured();
    picture.addEventListener("load", () => {
      const canvas = element("canvas", { width: picture.width * 2, height: picture.height * 2 });
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      canvas.toBlob((blob) => save(blob, `${fileName()}.png`));
    });
    picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  }
  async function copy(button) {
    write();
    try {
      await navigator.clipboard.writeText(location.href);
      button.textContent = "Copied";
    } catch {
      button.textContent = "It is in the address bar";
    }
    setTimeout(() => { button.textContent = "Copy the link"; }, 2500);
  }

  form.addEventListener("submit", (event) => { event.preventDefault(); add(true); });
  form.addEventListener("change", ({ target }) => {
    const { name, value } = target;
    if (name === "add") add(false);
    else if (["from", "to", "at"].includes(name)) change({ [name]: Number(value) });
    else if (name === "measure") change({ measure: value, release: null, from: null, to: null, at: null });
    else if (["release", "view"].includes(name)) change({ [name]: value });
  });
  form.addEventListener("input", ({ target }) => {
    if (target === field.add) add(false);
    if (target === field.find && held.data[page.dataset.shown]) drawList(held.data[page.dataset.shown]);
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === field.add) { event.preventDefault(); add(true); }
  });
  page.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    if (button.dataset.code) {
      const isIn = button.closest(".explore-chosen");
      toggle(button.dataset.code);
      if (isIn) field.add.focus({ preventScroll: true });
    } else if (button.name === "csv") save(csv(held.data[page.dataset.shown]), `${fileName()}.csv`);
    else if (button.name === "svg" && shown) save(pictured(), `${fileName()}.svg`);
    else if (button.name === "png" && shown) png();
    else if (button.name === "copy") copy(button);
  });
  for (const type of ["pointermove", "pointerdown"]) {
    chart.addEventListener(type, (event) => {
      if (!shown) return;
      const box = shown.svg.getBoundingClientRect();
      chart.onmove(shown.yearAt((event.clientX - box.left) * shown.width / box.width));
    });
  }
  chart.addEventListener("keydown", (event) => {
    const steps = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
    if (!shown || !(event.key in steps)) return;
    event.preventDefault();
    chart.onmove(Math.min(Math.max(marked + steps[event.key], state.from), state.to));
  });
  page.querySelector(".explore-values").addEventListener("toggle", ({ target }) => { if (target.open) drawTable(held.data[page.dataset.shown]); });
  addEventListener("hashchange", () => { read(); show(); });

  form.querySelector("datalist").append(...[...byName.values()].map((code) => element("option", { value: nameOf(code) })));
  form.hidden = false;
  read();
  let width = 0;
  new ResizeObserver(() => { if (figure.clientWidth && Math.abs(figure.clientWidth - width) > 2) { width = figure.clientWidth; if (page.dataset.shown && state.view !== "list") show(); } }).observe(figure);
  show();
})();
