// Draws lines by year for explore.js: one chart of several economies, or a small one of each, as SVG. Colours are the
// page's own custom properties, so that a drawing follows light and dark.
"use strict";

window.reportDraw = (() => {
  const SIZE = 13, TEXT = `${SIZE}px "Source Sans Pro", "Helvetica Neue", Arial, sans-serif`;
  const ruler = document.createElement("canvas").getContext("2d");
  const widthOf = (text) => { ruler.font = TEXT; return ruler.measureText(text).width; };

  function node(name, attributes, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }
  const round = (number) => Math.round(number * 100) / 100;
  const words = (x, y, text, more = {}) => node("text", { x: round(x), y: round(y), style: "fill: var(--muted)", ...more }, text);

  // Round numbers that cover what is drawn: steps of 1, 2 or 5 and their tenfolds.
  function ticks(low, high, count) {
    if (low === high) [low, high] = [low - 1, high + 1];
    const raw = (high - low) / count, power = 10 ** Math.floor(Math.log10(raw));
    const step = [1, 2, 5, 10].find((times) => times * power >= raw * 0.999) * power;
    const found = [];
    for (let n = Math.floor(low / step + 1e-9); n <= Math.ceil(high / step - 1e-9); n += 1) found.push(Number((n * step).toPrecision(12)));
    return found;
  }

  // Whole years that are told apart at this width.
  function yearTicks(from, to, width) {
    const most = Math.max(2, Math.floor(width / 55)), step = [1, 2, 5, 10, 20, 50].find((years) => (to - from) / years <= most) ?? 100;
    const found = [];
    for (let year = Math.ceil(from / step) * step; year <= to; year += step) found.push(year);
    return found.length > 1 || from === to ? found : [from, to];
  }

  // Text that is cut where there is no room for it.
  function cut(text, room) {
    if (widthOf(text) <= room) return text;
    let short = text;
    while (short.length > 3 && widthOf(`${short}…`) > room) short = short.slice(0, -1);
    return `${short.trimEnd()}…`;
  }

  // Places for labels, each at least a line apart and as near to where it belongs as the others let it.
  function spread(places, low, high, apart) {
    const order = places.map((_, n) => n).sort((a, b) => places[a] - places[b]);
    const found = [...places];
    order.forEach((n, rank) => { found[n] = Math.max(found[n], rank ? found[order[rank - 1]] + apart : low); });
    [...order].reverse().forEach((n, rank, all) => { found[n] = Math.min(found[n], rank ? found[all[rank - 1]] - apart : high); });
    return found;
  }

  // A line with its gaps; what is projected is dashed, and a year between two gaps is a dot.
  function line({ points, projected, colour, weight }, x, y) {
    const group = node("g", { style: `stroke: ${colour}; fill: none; stroke-width: ${weight}px; stroke-linejoin: round` });
    const paths = { solid: [], dashed: [] };
    let run = [];
    const end = () => {
      if (run.length === 1) group.append(node("circle", { cx: round(x(run[0][0])), cy: round(y(run[0][1])), r: 2, style: `fill: ${colour}; stroke: none` }));
      for (let n = 1; n < run.length; n += 1) {
        const kind = projected && run[n][0] >= projected ? "dashed" : "solid";
        const [from, to] = [run[n - 1], run[n]].map(([year, value]) => `${round(x(year))},${round(y(value))}`);
        const last = paths[kind].at(-1);
        if (last?.at(-1) === from) last.push(to); else paths[kind].push([from, to]);
      }
      run = [];
    };
    for (const point of points) { if (point[1] === null) end(); else run.push(point); }
    end();
    for (const [kind, pieces] of Object.entries(paths)) {
      for (const piece of pieces) group.append(node("path", { d: `M${piece.join("L")}`, ...(kind === "dashed" ? { "stroke-dasharray": "4 3" } : {}) }));
    }
    return group;
  }

  // What all charts of a page share: where a year and a value stand.
  function domain(series) {
    const values = series.flatMap(({ points }) => points.map(([, value]) => value)).filter((value) => value !== null);
    return values.length ? [Math.min(...values), Math.max(...values)] : null;
  }

  function frame(svg, { left, right, top, bottom, from, to, marks, show, shown, small }) {
    const x = (year) => left + (to === from ? 0.5 : (year - from) / (to - from)) * (right - left);
    const y = (value) => bottom - (value - marks[0]) / (marks.at(-1) - marks[0]) * (bottom - top);
    for (const mark of marks) {
      const colour = mark === 0 && marks[0] < 0 ? "--muted" : "--grid";
      svg.append(node("line", { x1: left, x2: right, y1: round(y(mark)), y2: round(y(mark)), style: `stroke: var(${colour}); stroke-width: 1px` }));
      if (shown) svg.append(words(left - 8, y(mark) + 4, show(mark), { "text-anchor": "end" }));
    }
    if (small) svg.append(words(left, bottom + 18, String(from)), words(right, bottom + 18, String(to), { "text-anchor": "end" }));
    else for (const year of yearTicks(from, to, right - left)) svg.append(words(x(year), bottom + 18, String(year), { "text-anchor": "middle" }));
    return { x, y };
  }

  const svgOf = (width, height) => node("svg", { viewBox: `0 0 ${width} ${height}`, width, height, style: `font: ${TEXT}; overflow: visible`, "aria-hidden": "true" });

  // One chart of all; series are drawn in their order, the last on top.
  function together(series, { width, from, to, show }) {
    const height = Math.round(Math.min(460, Math.max(300, width * 0.6)));
    const known = domain(series);
    if (!known) return null;
    const marks = ticks(...known, 5), svg = svgOf(width, height);
    const ends = series.map((one) => [one, one.points.findLast(([, value]) => value !== null)]).filter(([, end]) => end);
    const room = Math.min(Math.max(...ends.map(([one]) => widthOf(one.name))) + 12, width * 0.33);
    const left = Math.max(...marks.map((mark) => widthOf(show(mark)))) + 10;
    const { x, y } = frame(svg, { left, right: width - room, top: 10, bottom: height - 26, from, to, marks, show, shown: true });
    for (const one of series) svg.append(line(one, x, y));
    const places = spread(ends.map(([, [, value]]) => y(value)), 10, height - 26, SIZE + 2);
    ends.forEach(([one], n) => svg.append(words(width - room + 8, places[n] + 4, cut(one.name, room - 8), { style: `fill: ${one.colour}; font-weight: 600` })));
    const rule = node("line", { y1: 10, y2: height - 26, style: "stroke: var(--muted); stroke-width: 1px", visibility: "hidden" });
    const dots = node("g", {});
    svg.append(rule, dots);
    const mark = (year) => {
      rule.setAttribute("visibility", year === null ? "hidden" : "visible");
      dots.replaceChildren();
      if (year === null) return;
      rule.setAttribute("x1", x(year)); rule.setAttribute("x2", x(year));
      for (const one of series) {
        const value = one.points.find(([other]) => other === year)?.[1] ?? null;
        if (value !== null) dots.append(node("circle", { cx: round(x(year)), cy: round(y(value)), r: 3.5, style: `fill: ${one.colour}; stroke: var(--surface); stroke-width: 1.5px` }));
      }
    };
    const yearAt = (place) => Math.round(from + (place - x(from)) / Math.max(1, x(to) - x(from)) * (to - from));
    return { svg, width, height, mark, yearAt, startsAtZero: marks[0] <= 0 && marks.at(-1) >= 0 };
  }

  // A small chart of each, on axes that all share; the others stand behind in grey.
  function apart(series, { width, from, to, show }) {
    const known = domain(series);
    if (!known) return null;
    const columns = width >= 640 ? 3 : width >= 300 ? 2 : 1, gap = 18;
    const marks = ticks(...known, 3), left = Math.max(...marks.map((mark) => widthOf(show(mark)))) + 10;
    const cell = (width - left - (columns - 1) * gap) / columns, tall = 150;
    const rows = Math.ceil(series.length / columns), height = rows * tall;
    const svg = svgOf(width, height), rules = [];
    let place;
    series.forEach((one, n) => {
      const start = left + (n % columns) * (cell + gap), top = Math.floor(n / columns) * tall;
      const { x, y } = frame(svg, { left: start, right: start + cell, top: top + 26, bottom: top + tall - 30, from, to, marks, show, shown: n % columns === 0, small: true });
      for (const other of series) if (other !== one) svg.append(line({ ...other, colour: "var(--context)", weight: 1 }, x, y));
      svg.append(line({ ...one, weight: 2.2 }, x, y), words(start, top + 15, cut(one.name, cell), { style: `fill: ${one.colour}; font-weight: 600` }));
      const dot = node("circle", { r: 3.5, style: `fill: ${one.colour}; stroke: var(--surface); stroke-width: 1.5px`, visibility: "hidden" });
      svg.append(dot);
      rules.push((year) => {
        const value = year === null ? null : one.points.find(([other]) => other === year)?.[1] ?? null;
        dot.setAttribute("visibility", value === null ? "hidden" : "visible");
        if (value !== null) { dot.setAttribute("cx", x(year)); dot.setAttribute("cy", y(value)); }
      });
      place = { x };
    });
    const mark = (year) => rules.forEach((rule) => rule(year));
    const yearAt = (at) => {
      const inside = columns === 1 ? at - left : (at - left) % (cell + gap);
      return Math.round(from + Math.min(Math.max(inside / cell, 0), 1) * (to - from));
    };
    return { svg, width, height, mark, yearAt, startsAtZero: marks[0] <= 0 && marks.at(-1) >= 0 };
  }

  // A drawing as a picture of its own: with its words, and with the colours as they are shown.
  function picture({ svg, width, height }, { title, subtitle, foot }) {
    const styles = getComputedStyle(document.documentElement);
    const lines = [];
    for (const word of foot.split(" ")) {
      if (lines.length && widthOf(`${lines.at(-1)} ${word}`) < width - 24) lines[lines.length - 1] += ` ${word}`; else lines.push(word);
    }
    const head = 62, all = head + height + 16 + lines.length * 17 + 8, outer = svgOf(width + 32, all);
    const inner = svg.cloneNode(true);
    inner.setAttribute("x", 16); inner.setAttribute("y", head);
    outer.append(
      node("rect", { width: width + 32, height: all, style: "fill: var(--surface)" }),
      words(16, 26, title, { style: "fill: var(--ink); font-weight: 600; font-size: 17px" }),
      words(16, 46, subtitle), inner,
      ...lines.map((text, n) => words(16, head + height + 22 + n * 17, text)),
    );
    outer.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    outer.removeAttribute("aria-hidden");
    return outer.outerHTML.replace(/var\((--[\w-]+)\)/g, (_, name) => styles.getPropertyValue(name).trim());
  }

  return { together, apart, picture, ticks };
})();
