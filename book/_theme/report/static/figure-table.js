// The values of a figure as a table, loaded when a reader asks for it (figures.js): a row for each period, the
// newest first, or for each point of paths.
"use strict";

window.reportTable = ({ series, across, suffix, isPaths }, { label, words, isKnown }) => {
  const create = (tag, text, attributes = {}) => Object.assign(document.createElement(tag), { textContent: text }, attributes);
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
  const table = document.createElement("table");
  const head = table.createTHead().insertRow(), body = table.createTBody();
  heads.forEach((text, i) => head.append(create("th", text, { scope: "col", className: i ? "number" : "" })));
  for (const { cells } of ordered) {
    const row = body.insertRow();
    cells.forEach((text, i) => row.append(i ? create("td", text, { className: "number" }) : create("th", text, { scope: "row" })));
  }
  return table;
};
