// The values of a figure as a table, loaded when a reader asks for it (figures.js): a row for each period, the
// newest first, or for each point of paths, or the rows that a figure without series brings itself.
"use strict";

{
  const create = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), { textContent: text }, attributes);

  function ofSeries({ series, across, suffix, isPaths }, { label, words, isKnown }) {
    const heads = isPaths
      ? ["Series", across, "Value"]
      : [across, ...series.map(({ name, unit }) => (unit ? `${name}, ${unit}` : name))];
    const rows = new Map();
    series.forEach((each, column) => each.at.forEach((at, i) => {
      if (!isKnown(each, i)) return;
      const name = isPaths ? `${column} ${i}` : label(each, i);
      if (!rows.has(name)) rows.set(name, { at, cells: isPaths ? [each.name, label(each, i), ""] : [name, ...series.map(() => "–")] });
      rows.get(name).cells[isPaths ? 2 : column + 1] = words(each, i, isPaths ? suffix : "");
    }));
    const ordered = [...rows.values()];
    const isTime = !Array.isArray(series[0].said);
    if (!isPaths) ordered.sort((a, b) => (isTime ? b.at - a.at : a.at - b.at));
    return { heads, rows: ordered.map(({ cells }) => cells), numeric: heads.map((_, i) => i > 0) };
  }

  window.reportTable = (data, tools) => {
    const { heads, rows, numeric, own } = data.series ? ofSeries(data, tools) : data;
    const table = document.createElement("table");
    const head = table.createTHead().insertRow(), body = table.createTBody();
    const named = (i) => ({ className: numeric[i] ? "number" : "" });
    heads.forEach((text, i) => head.append(create("th", text, { scope: "col", ...named(i) })));
    rows.forEach((cells, place) => {
      const row = body.insertRow();
      if (place === own) row.className = "own";
      cells.forEach((text, i) => row.append(i ? create("td", text, named(i)) : create("th", text, { scope: "row" })));
    });
    return table;
  };
}
