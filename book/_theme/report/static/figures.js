// Figures that answer: values on hover, touch and arrow keys, series switched on and off, the view in the
// address, the values as a table. The drawing stays as it is. A few kilobytes beside it say where its values
// lie (rebalancing.report.readout); they are loaded when a figure comes near, from a file too.
"use strict";

{
  const MONTHS = "January February March April May June July August September October November December".split(" ");
  const home = new URL(document.documentElement.dataset.content_root, location.href);
  const live = create("p", "visually-hidden");
  let loadingTable;
  live.setAttribute("aria-live", "polite");

  function create(tag, className = "", text = "") {
    return Object.assign(document.createElement(tag), { className, textContent: text });
  }

  // A page that was opened as a file may load scripts, and nothing else.
  function loadScript(address) {
    const script = Object.assign(document.createElement("script"), { src: new URL(address, home).href });
    document.head.append(script);
    return new Promise((done, fail) => {
      script.addEventListener("load", done);
      script.addEventListener("error", fail);
    });
  }

  function draw(parent, tag, attributes) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    parent.append(element);
  }

  // Numbers as the text has them: commas, a proper minus, none before zero.
  function number(value, decimals) {
    const [whole, ...rest] = Math.abs(value).toFixed(decimals).split(".");
    const shown = [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...rest].join(".");
    return value < 0 && /[1-9]/.test(shown) ? `−${shown}` : shown;
  }

  // The data of a figure

  const numbers = (text) => text?.split(",").map((part) => (part === "" ? null : Number(part)));

  function parse(found) {
    if (!found.series) return found; // rows of a table, and nothing that a pointer reads
    const { at, said, series, ...rest } = found;
    const full = series.map((each) => ({
      ...each,
      at: numbers(each.at ?? at),
      said: each.said ?? said,
      ...Object.fromEntries(["values", "low", "high"].map((name) => [name, numbers(each[name])])),
    }));
    for (const each of full) {
      const known = each.at.map((_, i) => isKnown(each, i));
      const first = known.indexOf(true), last = known.lastIndexOf(true);
      // A gap in a line is said; a line by year among months has none.
      Object.assign(each, { first, last, isDense: 2 * known.filter(Boolean).length > last - first });
    }
    return { ...rest, series: full, isPaths: !at && rest.wide.some((panel) => panel.series.length > 1) };
  }

  const isKnown = (series, i) => (series.values?.[i] ?? series.high?.[i] ?? null) !== null;

  function label({ at, said }, i) {
    if (Array.isArray(said)) return said[i];
    const year = Math.floor(at[i]), part = at[i] - year;
    if (said === "day") {
      const day = new Date(at[i] * 864e5);
      return `${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
    }
    if (said === "month") return `${MONTHS[Math.floor(part * 12)]} ${year}`;
    return said === "quarter" ? `Q${Math.floor(part * 4) + 1} ${year}` : String(at[i]);
  }

  // A value with its limits, as a reader has it: 39.5% (38.9–40.1%).
  function words(series, i, suffix) {
    if (!isKnown(series, i)) return "–";
    const show = (values) => `${number(values[i], series.decimals)}${suffix}`;
    const value = series.values?.[i] != null ? show(series.values) : "";
    if (series.low?.[i] == null) return value;
    const span = `${number(series.low[i], series.decimals)}${series.low[i] < 0 ? " to " : "–"}${show(series.high)}`;
    return value ? `${value} (${span})` : span;
  }

  class Figure {
    constructor(element) {
      this.element = element;
      this.plot = element.querySelector(".figure-plot");
      this.narrow = element.querySelector(".figure-narrow");
      this.switches = [...element.querySelectorAll(".figure-series button")];
      this.off = new Set();
      this.shown = this.pinned = null; // each a panel's number and a stop of it
      this.isTable = false;
      if (!("rows" in element.dataset)) this.addReader();
      this.addControls();
      // The drawing for a phone may come after a series was switched off.
      new MutationObserver(() => this.hide()).observe(this.narrow, { childList: true });
    }

    addReader() {
      this.reader = create("div", "figure-reader");
      const title = this.element.querySelector(".figure-title").id;
      const attributes = { tabindex: 0, role: "slider", "aria-labelledby": title, "aria-valuemin": 0, "aria-valuemax": 1,
        "aria-valuenow": 0, "aria-valuetext": "Values: use the arrow keys" };
      for (const [name, value] of Object.entries(attributes)) this.reader.setAttribute(name, value);
      this.box = create("div", "figure-readout");
      this.box.hidden = true;
      this.box.setAttribute("aria-hidden", "true");
      this.plot.append(this.reader, this.box);
      const on = (name, act) => this.reader.addEventListener(name, act.bind(this));
      on("pointermove", (event) => {
        if (event.pointerType === "mouse") this.point(event);
        else if (this.reader.hasPointerCapture(event.pointerId)) this.point(event);
      });
      on("pointerdown", (event) => {
        if (event.pointerType === "mouse") return;
        this.reader.setPointerCapture(event.pointerId);
        this.point(event);
      });
      on("pointerup", (event) => { if (event.pointerType !== "mouse") this.pin(); });
      on("pointercancel", () => this.back());
      on("pointerleave", (event) => { if (event.pointerType === "mouse") this.back(); });
      on("click", (event) => { if (event.pointerType === "mouse") this.pin(); });
      on("keydown", this.step);
      on("focus", async () => {
        if (!this.reader.matches(":focus-visible") || this.shown) return;
        await this.load();
        this.show(0, this.newest(0));
      });
      on("blur", () => this.back());
      addEventListener("resize", () => this.back());
    }

    addControls() {
      for (const button of this.switches) {
        button.addEventListener("click", () => {
          const number = this.switches.indexOf(button);
          if (!this.off.delete(number)) this.off.add(number);
          if (this.off.size === this.switches.length) this.off.clear(); // nothing chosen is everything
          this.hide();
          this.again();
          this.write();
          this.fillTable();
        });
        // A button that is pointed at, or has the focus, shows which line is its own.
        const light = () => this.light(this.switches.indexOf(button)), dim = () => this.light(-1);
        button.addEventListener("pointerenter", ({ pointerType }) => { if (pointerType === "mouse") light(); });
        button.addEventListener("pointerleave", dim);
        button.addEventListener("focus", () => { if (button.matches(":focus-visible")) light(); });
        button.addEventListener("blur", dim);
      }
      this.element.querySelector(".as-table").addEventListener("click", () => {
        this.isTable = !this.isTable;
        this.write();
        this.fillTable();
      });
      this.element.querySelector(".copy-view").addEventListener("click", (event) => this.copy(event.currentTarget));
    }

    // The values, loaded once; without them nothing is offered that needs them.
    load() {
      const { values, src } = this.element.dataset;
      return this.loading ??= loadScript(src).then(() => { this.data = parse(window.reportValues[values]); }, () => {
        this.element.classList.add("without-values");
        return new Promise(() => {});
      });
    }

    // What is drawn now: the panels, and the drawing's width and height in points.
    drawing() {
      const isNarrow = this.narrow.offsetWidth > 0;
      const size = isNarrow
        ? this.narrow.style.aspectRatio.split("/").map(Number)
        : this.element.querySelector(".figure-wide svg").getAttribute("viewBox").split(" ").slice(2).map(Number);
      return { panels: isNarrow ? this.data.narrow : this.data.wide, size };
    }

    seriesOf(panel) {
      return panel.series.filter((number) => !this.off.has(number)).map((number) => this.data.series[number]);
    }

    // Where a reader can stop in a panel: at each period, or at each point of paths that have none in common.
    stops(number) {
      const series = this.seriesOf(this.data.wide[number]);
      const { isPaths } = this.data;
      const found = new Map();
      for (const each of series) {
        for (let i = each.first; i <= each.last && i >= 0; i += 1) {
          if (!each.isDense && !isKnown(each, i)) continue;
          const key = isPaths ? `${each.key} ${i}` : each.at[i];
          if (!found.has(key)) found.set(key, { at: each.at[i], name: isPaths ? key : label(each, i), label: label(each, i), rows: [] });
          found.get(key).rows.push([each, i]);
        }
      }
      const stops = [...found.values()].filter(({ rows }) => rows.some((row) => isKnown(...row)));
      if (!isPaths) stops.sort((a, b) => a.at - b.at);
      return stops;
    }

    // Where keys begin: at the end of the lines, or of the first path.
    newest(panel) {
      const stops = this.stops(panel);
      return stops.findLast((stop) => !this.data.isPaths || stop.rows[0][0] === stops[0].rows[0][0]);
    }

    // The stop nearest to a pointer.
    async point({ clientX, clientY }) {
      await this.load();
      const { panels, size: [width, height] } = this.drawing();
      const edge = this.reader.getBoundingClientRect();
      const x = ((clientX - edge.left) / edge.width) * width, y = ((clientY - edge.top) / edge.height) * height;
      const away = ({ box: [left, top, right, bottom] }) =>
        Math.hypot(Math.max(left - x, x - right, 0), Math.max(top - y, y - bottom, 0));
      const number = panels.reduce((best, panel, i) => (away(panel) < away(panels[best]) ? i : best), 0);
      const panel = panels[number], { isPaths } = this.data;
      const distance = ({ at, rows: [[series, i]] }) =>
        isPaths ? Math.hypot(place(panel, "x", at) - x, place(panel, "y", series.values[i]) - y) : Math.abs(place(panel, "x", at) - x);
      const stops = this.stops(number);
      if (!stops.length) return;
      this.show(number, stops.reduce((best, stop) => (distance(stop) < distance(best) ? stop : best)));
    }

    async step(event) {
      const by = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10, Home: -Infinity, End: Infinity }[event.key];
      const over = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") return this.close();
      if ((by ?? over) === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      await this.load();
      const from = this.shown ?? this.pinned;
      const count = this.data.wide.length;
      const panel = over && count > 1 ? ((from?.panel ?? 0) + over + count) % count : from?.panel ?? 0;
      const stops = this.stops(panel);
      const now = from && from.panel === panel ? stops.findIndex(({ name }) => name === from.stop.name) : -1;
      const next = now + (by ?? (count > 1 ? 0 : -over));
      const isFirst = now < 0 && Number.isFinite(next);
      this.show(panel, isFirst ? this.newest(panel) : stops[Math.min(Math.max(next, 0), stops.length - 1)]);
      this.pin(false);
    }

    show(panel, stop) {
      if (!stop) return this.close();
      this.shown = { panel, stop };
      const { panels, size } = this.drawing();
      const area = panels[panel], x = place(area, "x", stop.at);
      const height = (row) => place(area, "y", row[0].values?.[row[1]] ?? row[0].high?.[row[1]] ?? -Infinity);
      // As the lines are there, from the top; what has no value comes last.
      const rows = [...stop.rows].sort((a, b) => height(a) - height(b));
      const layer = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      layer.setAttribute("viewBox", `0 0 ${size.join(" ")}`);
      const [, top, , bottom] = area.box;
      if (!this.data.isPaths) draw(layer, "path", { class: "rule", d: `M${x} ${top}V${bottom}` });
      for (const [series, i] of rows.toReversed()) {
        const style = `--series: var(--${series.colour})`;
        const inside = (value) => value >= area.y[0] && value <= area.y[1];
        if (series.low?.[i] != null && series.values) {
          const [low, high] = [series.low[i], series.high[i]].map((value) => place(area, "y", Math.min(Math.max(value, area.y[0]), area.y[1])));
          draw(layer, "path", { class: "span", d: `M${x} ${low}V${high}`, style });
        }
        if (series.kind !== "bar" && series.values?.[i] != null && inside(series.values[i])) {
          draw(layer, "circle", { cx: x, cy: place(area, "y", series.values[i]), r: series.main ? 3.4 : 2.8, style });
        }
      }
      this.reader.replaceChildren(layer);
      this.fill(stop, rows);
      this.put(area, x, size);
      this.tell(panel, rows);
    }

    fill(stop, rows) {
      const unit = rows[0][0].unit ?? this.data.unit;
      this.box.replaceChildren(create("p", "readout-head", stop.label));
      if (unit) this.box.append(create("p", "readout-unit", unit));
      const list = create("div", "readout-rows");
      for (const [series, i] of rows) {
        const swatch = create("i", `swatch ${series.kind}`);
        swatch.style.setProperty("--series", `var(--${series.colour})`);
        const isMain = series.main && this.data.series.length > 1;
        list.append(swatch, create("span", isMain ? "main" : "", series.name), create("b", isMain ? "main" : "", words(series, i, this.data.suffix)));
      }
      this.box.append(list);
      this.box.hidden = false;
    }

    // The box stands beside the rule, above or below, where it covers the fewest values.
    put(area, x, [width]) {
      const scale = this.plot.offsetWidth / width, gap = 8;
      const own = this.box.offsetWidth / scale, high = this.box.offsetHeight / scale;
      const [, top, , bottom] = area.box, low = Math.max(bottom - high, top);
      const right = Math.min(x + gap, width - own), left = Math.max(x - gap - own, 0);
      const points = this.seriesOf(area).flatMap(({ at, values, high }) =>
        at.map((each, i) => [each, values?.[i] ?? high?.[i] ?? null]).filter(([, value]) => value !== null));
      const drawn = points.map(([at, value]) => [place(area, "x", at), place(area, "y", value)]);
      const covered = ([from, over]) =>
        drawn.filter(([px, py]) => px >= from && px <= from + own && py >= over && py <= over + high).length +
        (from < x && x < from + own ? drawn.length : 0);
      const spots = [[right, top], [left, top], [right, low], [left, low]];
      const [from, over] = spots.reduce((best, spot) => (covered(spot) < covered(best) ? spot : best));
      this.box.style.left = `${from * scale}px`;
      this.box.style.top = `${over * scale}px`;
    }

    tell(panel, rows) {
      const { stop } = this.shown, stops = this.stops(panel);
      const unit = rows[0][0].unit ?? this.data.unit;
      const values = rows.map(([series, i]) => `${series.name} ${words(series, i, this.data.suffix)}`).join("; ");
      this.said = `${stop.label}${unit ? `, ${unit}` : ""}: ${values}`;
      const attributes = { valuemax: Math.max(stops.length - 1, 1), valuetext: this.said,
        valuenow: stops.findIndex(({ name }) => name === stop.name) };
      for (const [name, value] of Object.entries(attributes)) this.reader.setAttribute(`aria-${name}`, value);
    }

    // What was tapped or stepped to stays, and is in the address. A slider says itself what it was moved to.
    pin(isTapped = true) {
      this.pinned = this.shown;
      if (isTapped) live.textContent = this.said ?? "";
      this.write();
    }

    // Back to what was pinned, or to nothing.
    back() {
      if (this.pinned) this.show(this.pinned.panel, this.pinned.stop);
      else this.clear();
    }

    // The same place again, with the series that are on now.
    again() {
      if (!this.shown) return;
      const { panel, stop } = this.shown, stops = this.stops(panel);
      const same = stops.find(({ name }) => name === stop.name);
      if (this.pinned) this.pinned = same ? { panel, stop: same } : null;
      if (same) this.show(panel, same);
      else this.clear();
    }

    clear() {
      this.shown = null;
      this.box.hidden = true;
      this.reader.replaceChildren();
    }

    close() {
      if (!this.shown && !this.pinned) return;
      this.pinned = null;
      this.clear();
      this.write();
    }

    // Series that are off are hidden in both drawings; with all of them on these are as they were.
    hide() {
      this.switches.forEach((button, number) => button.setAttribute("aria-pressed", String(!this.off.has(number))));
      for (const part of this.plot.querySelectorAll("[data-series]")) {
        part.toggleAttribute("hidden", part.dataset.series.split(" ").some((number) => this.off.has(Number(number))));
      }
    }

    light(number) {
      for (const part of this.plot.querySelectorAll("[data-series]")) {
        part.toggleAttribute("data-dim", number >= 0 && !part.dataset.series.split(" ").includes(String(number)));
      }
    }

    write() {
      const address = new URL(location.href), { searchParams } = address;
      ["as", "at", "panel", "off"].forEach((name) => searchParams.delete(name));
      if (this.isTable) searchParams.set("as", "table");
      if (this.pinned) searchParams.set("at", this.pinned.stop.name);
      if (this.pinned?.panel) searchParams.set("panel", this.pinned.panel + 1);
      this.off.forEach((number) => searchParams.append("off", this.switches[number].dataset.key));
      if (this.isChanged()) address.hash = this.element.id;
      try { history.replaceState(history.state, "", address); } catch { /* the address stays, then */ }
    }

    isChanged() {
      return Boolean(this.pinned || this.off.size || this.isTable);
    }

    // The view that an address holds.
    async read(parameters) {
      const keys = parameters.getAll("off");
      this.switches.forEach((button, number) => { if (keys.includes(button.dataset.key)) this.off.add(number); });
      if (this.off.size === this.switches.length) this.off.clear();
      this.hide();
      this.isTable = parameters.get("as") === "table";
      this.fillTable();
      if (!this.reader || !parameters.has("at")) return;
      await this.load();
      const panel = Math.min(Math.max(Number(parameters.get("panel") ?? 1) - 1 || 0, 0), this.data.wide.length - 1);
      const stop = this.stops(panel).find(({ name }) => name === parameters.get("at"));
      if (!stop) return;
      this.show(panel, stop);
      this.pinned = this.shown;
    }

    async copy(button) {
      const address = new URL(location.href);
      if (!this.isChanged()) Object.assign(address, { search: "", hash: this.element.id });
      try {
        await navigator.clipboard.writeText(address.href);
      } catch {
        // A page that was opened as a file may not use the clipboard; what is selected can be copied.
        const field = Object.assign(create("textarea"), { value: address.href });
        button.after(field);
        field.select();
        document.execCommand("copy");
        field.remove();
        button.focus();
      }
      button.textContent = "Link copied";
      setTimeout(() => { button.textContent = "Copy link"; }, 2000);
    }

    // The table that a reader asked for, of the series that are on.
    async fillTable() {
      const button = this.element.querySelector(".as-table"), { isTable } = this;
      button.setAttribute("aria-expanded", String(isTable));
      if (this.table) this.table.hidden = !isTable;
      if (!isTable) return;
      await this.load();
      await (loadingTable ??= loadScript("_static/figure-table.js"));
      const title = this.element.querySelector(".figure-subtitle").textContent;
      const box = Object.assign(create("div", "table-scroll"), { tabIndex: 0, role: "region", ariaLabel: title });
      const table = window.reportTable(this.dataShown(), { label, words, isKnown });
      box.append(table);
      this.table ??= create("div", "figure-table");
      this.table.hidden = !this.isTable; // a reader may have closed it meanwhile
      this.table.replaceChildren(create("p", "", title), box);
      button.closest(".figure-controls").after(this.table);
      // A column that an edge would cut is not shown until it is seen whole (report.js).
      const showWhole = () => window.showWholeColumns?.(box, table);
      box.addEventListener("scroll", showWhole);
      showWhole();
    }

    dataShown() {
      const { series, ...rest } = this.data;
      return { ...rest, series: series?.filter((_, number) => !this.off.has(number)) };
    }
  }

  // Where a value lies in a drawing, in points.
  function place({ box: [left, top, right, bottom], log = [], ...limits }, axis, value) {
    const scale = log.includes(axis) ? Math.log : (each) => each;
    const [low, high] = limits[axis].map(scale), part = (scale(value) - low) / (high - low);
    return axis === "x" ? left + part * (right - left) : bottom - part * (bottom - top);
  }

  const figures = [...document.querySelectorAll(".report-figure[data-values]")].map((element) => new Figure(element));
  if (figures.length) document.body.append(live);
  const near = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      near.unobserve(target);
      const figure = figures.find(({ element }) => element === target);
      if (figure.reader) figure.load();
    }
  }, { rootMargin: "200px 0px" });
  for (const figure of figures) near.observe(figure.element);
  const linked = figures.find(({ element }) => `#${element.id}` === location.hash);
  linked?.read(new URLSearchParams(location.search));
  document.addEventListener("pointerdown", ({ target }) => {
    for (const figure of figures) if (figure.pinned && !figure.element.contains(target)) figure.close();
  });
}
