"use strict";
// Takes over the tables of the page: search, sort, leaf. Text enters as text nodes only.
(() => {
  const PAGE = 25, PRINTED = 1000;
  const statuses = JSON.parse(document.getElementById("statuses").textContent);
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const element = (tag, attributes = {}, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    made.append(...children);
    return made;
  };
  const short = (x) => String(Math.round(x * 100) / 100);

  const cells = {
    text: (value) => [element("span", { class: "name" }, value)],
    number: (value) => [value === null ? "–" : short(value)],
    correlation: (value) => [value === null ? "–" : value.toFixed(2)],
    share: (value) => value === null ? ["–"] : [
      element("span", { class: "bar", style: `--share:${value}`, "aria-hidden": "true" }),
      `${Math.round(value * 100)} %`,
    ],
    outcome: (value) => {
      if (value === null) return ["–"];
      const [name, symbol, label] = statuses[value[1]];
      return [
        element("span", { class: name, title: label, role: "img", "aria-label": label }, symbol),
        value[0] === null ? "" : " " + short(value[0]),
      ];
    },
  };
  const sortKey = (kind, value) => kind === "outcome" && value !== null ? value[0] : value;
  const compare = (kind) => (a, b) => {
    // What has no value goes last, whichever way the column is sorted.
    if (a === null || b === null) return a === b ? 0 : null;
    return kind === "text" ? collator.compare(a, b) : a - b;
  };

  for (const figure of document.querySelectorAll("[data-table]")) {
    const { kinds, rows } = JSON.parse(figure.querySelector("script").textContent);
    const body = figure.querySelector("tbody");
    const headers = [...figure.querySelectorAll("thead th")];
    const searchable = figure.hasAttribute("data-search");
    const haystack = searchable
      ? rows.map((row) => row.filter((c) => typeof c === "string").join("\n").toLocaleLowerCase())
      : [];
    let order = rows.map((_, index) => index);
    let found = order, start = 0;

    const drawRow = (row) => element("tr", {}, ...row.map((value, at) =>
      element(at ? "td" : "th", at ? { class: kinds[at] } : { class: kinds[at], scope: "row" },
        ...cells[kinds[at]](value))));
    const show = (first, count) => {
      body.replaceChildren(...found.slice(first, first + count).map((at) => drawRow(rows[at])));
    };

    const count = element("span", { "aria-live": "polite" });
    const back = element("button", { type: "button" }, "Previous");
    const next = element("button", { type: "button" }, "Next");
    const pager = element("div", { class: "pager" }, back, count, next);
    const draw = () => {
      show(start, PAGE);
      const end = Math.min(start + PAGE, found.length);
      count.textContent = found.length
        ? `${(start + 1).toLocaleString("en")}–${end.toLocaleString("en")} of ${found.length.toLocaleString("en")}`
        : "No row matches.";
      back.disabled = start === 0;
      next.disabled = end >= found.length;
      back.hidden = next.hidden = found.length <= PAGE;
    };
    back.addEventListener("click", () => { start = Math.max(0, start - PAGE); draw(); });
    next.addEventListener("click", () => { start += PAGE; draw(); });

    const search = element("input", { type: "search", placeholder: "Search", "aria-label": "Search this table" });
    const select = () => {
      const wanted = search.value.trim().toLocaleLowerCase();
      found = wanted ? order.filter((at) => haystack[at].includes(wanted)) : order;
      start = 0;
      draw();
    };
    search.addEventListener("input", select);

    headers.forEach((header, at) => {
      const button = element("button", { type: "button", class: "sort" }, ...header.childNodes);
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        const down = header.getAttribute("aria-sort") === "ascending";
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", down ? "descending" : "ascending");
        const by = compare(kinds[at]), sign = down ? -1 : 1;
        const keys = rows.map((row) => sortKey(kinds[at], row[at]));
        order = rows.map((_, index) => index).sort((i, j) => {
          const c = by(keys[i], keys[j]);
          return c === null ? (keys[i] === null) - (keys[j] === null) : sign * c || i - j;
        });
        select();
      });
    });

    if (searchable) figure.prepend(element("div", { class: "tools" }, search));
    figure.querySelector(".cut")?.remove();
    if (searchable || rows.length > PAGE) figure.append(pager);
    draw();

    addEventListener("beforeprint", () => { if (found.length <= PRINTED) show(0, PRINTED); });
    addEventListener("afterprint", draw);
  }
})();
