// The calculator: the same arithmetic as rebalancing.models.accounting.arithmetic, when a control moves.
"use strict";

const OTHERS = ["government", "investment", "net exports"];
const CONTROLS = ["target", "years", "growth", "falls"];

// Shares in per cent of GDP; returns numbers, not rounded.
function rebalance({ shares, target, years, growth, falls }) {
  const start = shares["household consumption"];
  const pace = Math.log(target / start) / years;
  const points = (100 + growth) * Math.expm1(pace);
  const weights = {};
  if (falls === "proportional") {
    const total = OTHERS.reduce((sum, item) => sum + Math.max(shares[item], 0), 0);
    for (const item of OTHERS) weights[item] = Math.max(shares[item], 0) / total;
  } else {
    for (const item of OTHERS) weights[item] = Number(item === falls);
  }
  const ends = {};
  for (const item of OTHERS) ends[item] = shares[item] - weights[item] * (target - start);
  return { log: 100 * pace, points, consumption: growth + points, ends };
}

// As the report writes numbers: a proper minus, and none before zero.
function written(value, places) {
  const text = Math.abs(value).toFixed(places);
  return (value < 0 && Number(text) ? "−" : "") + text;
}

function answers(question) {
  const { log, points, consumption, ends } = rebalance(question);
  const shown = {
    "gap-log": written(log, 2),
    "gap-points": written(points, 2),
    consumption: `${written(consumption, 2)}%`,
  };
  for (const item of OTHERS) shown[item.replace(" ", "-")] = `${written(ends[item], 1)}%`;
  return shown;
}

// What nobody can do, in words; nothing where it can be done.
function impossible({ shares, ...question }) {
  const { ends } = rebalance({ shares, ...question });
  const item = OTHERS.slice(0, 2).find((name) => ends[name] < 0);
  return item ? `This cannot be: ${item} would be below zero.` : "";
}

// The question that the address asks, where it asks one; a control keeps to its bounds by itself.
function setAsked(form) {
  const asked = new URLSearchParams(location.search);
  for (const name of CONTROLS) {
    const control = form.elements[name], value = asked.get(name);
    if (value === null || (control.type === "range" && !Number.isFinite(parseFloat(value)))) continue;
    const before = control.value;
    control.value = value;
    if (control.selectedIndex === -1) control.value = before;
  }
  return CONTROLS.some((name) => asked.has(name));
}

function keepAsked(form) {
  const address = new URL(location.href);
  for (const name of CONTROLS) address.searchParams.set(name, form.elements[name].value);
  try { history.replaceState(null, "", address); } catch { /* a browser may forbid it of a file */ }
}

function answer(form) {
  const shares = JSON.parse(form.dataset.shares);
  const { target, years, growth, falls } = form.elements;
  for (const control of [target, years, growth]) {
    form.elements[`${control.name}-shown`].firstElementChild.textContent = control.value.replace("-", "−");
  }
  const question = { shares, target: +target.value, years: +years.value, growth: +growth.value, falls: falls.value };
  for (const [name, text] of Object.entries(answers(question))) form.elements[name].value = text;
  form.elements.impossible.value = impossible(question);
}

function setUpCalculator(form) {
  form.querySelector("fieldset").disabled = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { answer(form); keepAsked(form); });
  if (setAsked(form)) answer(form);
}

document.querySelectorAll("form.calculator").forEach(setUpCalculator);
