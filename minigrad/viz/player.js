// The player: a custom element around a drawing and the steps that Python has worked out.
// It computes nothing of the graph itself. TAG is put in by player.py.
(function () {
  const TAG = "minigrad-player";
  if (customElements.get(TAG)) return;

  const PHASES = {
    start: "Before the start",
    forward: "Forward pass",
    backward: "Backward pass",
    end: "Done",
  };

  // Arithmetic as on paper: 3*0.28, 1/3, -sin(5), 2^3, 2·x is 2*x.
  const FUNCTIONS = {
    sin: Math.sin, cos: Math.cos, tan: Math.tan, tanh: Math.tanh, exp: Math.exp,
    ln: Math.log, log: Math.log, sqrt: Math.sqrt, abs: Math.abs,
  };
  const CONSTANTS = { pi: Math.PI, e: Math.E };

  function evaluate(text) {
    const source = text.replace(/[−–]/g, "-").replace(/[·×]/g, "*").replace(/\s+/g, "");
    let at = 0;
    const accept = (sign) => source[at] === sign && (at += 1);

    function sum() {
      let value = product();
      for (;;) {
        if (accept("+")) value += product();
        else if (accept("-")) value -= product();
        else return value;
      }
    }
    function product() {
      let value = signed();
      for (;;) {
        if (accept("*")) value *= signed();
        else if (accept("/")) value /= signed();
        else return value;
      }
    }
    function signed() {
      if (accept("-")) return -signed();
      accept("+");
      return power();
    }
    function power() {
      const base = atom();
      return accept("^") ? base ** signed() : base;
    }
    function atom() {
      if (accept("(")) {
        const value = sum();
        return accept(")") ? value : NaN;
      }
      const rest = source.slice(at);
      const number = /^(\d+\.?\d*|\.\d+)(e[-+]?\d+)?/i.exec(rest);
      if (number) {
        at += number[0].length;
        return Number(number[0]);
      }
      const word = /^[a-z]+/i.exec(rest);
      if (!word) return NaN;
      const name = word[0].toLowerCase();
      at += word[0].length;
      if (name in CONSTANTS) return CONSTANTS[name];
      if (!(name in FUNCTIONS) || !accept("(")) return NaN;
      const value = FUNCTIONS[name](sum());
      return accept(")") ? value : NaN;
    }

    const value = source ? sum() : NaN;
    return at === source.length ? value : NaN;
  }

  // One number, or several parted by commas, semicolons or spaces; brackets do not matter.
  function read(text, count) {
    const bare = text.replace(/[[\]]/g, " ").trim();
    if (count === 1) return [evaluate(bare.replace(/,(?=\d)/g, "."))];
    const parts = bare.includes(";") ? bare.split(";") : bare.split(/[,\s]+/);
    return parts.filter((part) => part.trim()).map(evaluate);
  }

  // Right means right to the digits that the drawing shows, give or take a rounding on the way.
  function same(given, wanted) {
    if (given.length !== wanted.length) return false;
    return wanted.every((number, i) => {
      return Math.abs(given[i] - number) <= 0.01 * Math.abs(number) + 0.0005;
    });
  }

  class Player extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) {
        this.watch();
      } else if (document.readyState === "loading") {
        // The parser has not come to the children yet.
        document.addEventListener("DOMContentLoaded", () => this.start(), { once: true });
      } else {
        this.start();
      }
    }

    disconnectedCallback() {
      this.resizing?.disconnect();
      this.theming?.disconnect();
    }

    start() {
      const data = this.querySelector("script[type='application/json']");
      const drawing = this.querySelector("svg");
      if (this.shadowRoot || !data || !drawing) return;
      Object.assign(this, JSON.parse(data.textContent));
      this.at = 0;
      this.quiz = this.startWithQuiz;
      this.asked = new Map();
      this.build(drawing.cloneNode(true));
      this.watch();
      this.showMode();
      this.show(0, false);
    }

    build(drawing) {
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = `<style>${this.sheet}</style>
        <section class="player" aria-label="Backprop player">
          <div class="top">
            <span class="phase"></span><span class="count"></span><span class="score"></span>
            <span class="modes" role="group" aria-label="Mode">
              <button type="button" data-do="watch">Watch</button><button type="button"
                data-do="quiz">Quiz</button>
            </span>
          </div>
          <div class="stage"></div>
          <p class="key" aria-hidden="true"><span class="value">value</span>
            <span class="cotangent">cotangent</span> <span class="local">local derivative</span></p>
          <div class="say" aria-live="polite"></div>
          <form class="ask" hidden>
            <label for="answer"></label>
            <input id="answer" type="text" autocomplete="off" spellcheck="false">
            <button class="main">Check</button>
            <button type="button" data-do="tell">Show me</button>
            <p class="hint" role="status"></p>
          </form>
          <div class="controls">
            <button type="button" data-do="back">Back</button>
            <input type="range" min="0" step="1" aria-label="Step">
            <button type="button" class="main" data-do="next">Next</button>
          </div>
        </section>`;
      const find = (selector) => root.querySelector(selector);
      this.parts = {
        player: find(".player"), phase: find(".phase"), count: find(".count"),
        score: find(".score"), stage: find(".stage"), say: find(".say"), ask: find(".ask"),
        label: find("label"), answer: find("#answer"), hint: find(".hint"),
        slider: find("[type=range]"), buttons: {},
      };
      this.parts.stage.append(drawing);
      this.svg = drawing;
      this.boxes = [...drawing.querySelectorAll(".box")];
      this.arrows = [...drawing.querySelectorAll(".arrow")];
      this.labels = [...drawing.querySelectorAll(".label")];
      this.parts.slider.max = this.steps.length - 1;

      const actions = {
        back: () => this.show(this.at - 1, false),
        next: () => this.show(this.at + 1, true),
        watch: () => this.setMode(false),
        quiz: () => this.setMode(true),
        tell: () => this.answerShown(),
      };
      for (const button of root.querySelectorAll("[data-do]")) {
        this.parts.buttons[button.dataset.do] = button;
        button.addEventListener("click", actions[button.dataset.do]);
      }
      this.parts.slider.addEventListener("input", () => {
        this.show(Number(this.parts.slider.value), false);
      });
      this.parts.ask.addEventListener("submit", (event) => {
        event.preventDefault();
        this.check();
      });
      root.addEventListener("keydown", (event) => this.key(event));
    }

    // Fit the column, and follow the page between light and dark.
    watch() {
      const fit = () => this.fit();
      this.resizing = new ResizeObserver(fit);
      this.resizing.observe(this.parts.stage);
      const theme = () => this.parts.player.classList.toggle("dark", darkBehind(this));
      this.theming = new MutationObserver(theme);
      for (const element of [document.documentElement, document.body]) {
        this.theming.observe(element, { attributes: true });
      }
      matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
      theme();
      fit();
    }

    fit() {
      const room = this.parts.stage.clientWidth;
      if (!room) return;
      const name = this.layouts.wide.width <= room * 1.2 ? "wide" : "tall";
      if (name === this.layoutName) return;
      this.layoutName = name;
      const layout = this.layouts[name];
      this.svg.setAttribute("viewBox", `0 0 ${layout.width} ${layout.height}`);
      this.svg.setAttribute("width", layout.width);
      this.svg.setAttribute("height", layout.height);
      this.boxes.forEach((box, i) => {
        box.setAttribute("transform", `translate(${layout.boxes[i]})`);
      });
      this.arrows.forEach((arrow, i) => arrow.setAttribute("d", layout.paths[i]));
      this.labels.forEach((label, i) => {
        label.setAttribute("transform", `translate(${layout.labels[i]})`);
      });
    }

    key(event) {
      if (event.target.matches("#answer") || event.altKey || event.ctrlKey || event.metaKey) return;
      const last = this.steps.length - 1;
      const places = { ArrowRight: this.at + 1, ArrowLeft: this.at - 1, Home: 0, End: last };
      if (!(event.key in places)) return;
      if (event.key === "ArrowRight" && this.parts.buttons.next.disabled) return;
      event.preventDefault();
      event.stopPropagation();
      this.show(places[event.key], event.key === "ArrowRight");
    }

    showMode() {
      this.parts.buttons.watch.setAttribute("aria-pressed", String(!this.quiz));
      this.parts.buttons.quiz.setAttribute("aria-pressed", String(this.quiz));
    }

    setMode(quiz) {
      this.quiz = quiz;
      this.showMode();
      // What is worth asking begins where the way back begins.
      const turn = this.steps.findIndex((step) => step.phase === "backward");
      this.show(quiz && this.at === 0 ? turn : this.at, false);
      if (quiz && this.question()) this.parts.answer.focus({ preventScroll: true });
    }

    show(step, moving) {
      const last = this.steps.length - 1;
      this.at = Math.max(0, Math.min(step, last));
      const now = this.steps[this.at];
      const { phase, count, say, slider, buttons } = this.parts;
      phase.textContent = PHASES[now.phase];
      count.textContent = `step ${this.at} of ${last}`;
      say.innerHTML = now.text;
      slider.value = this.at;
      slider.setAttribute("aria-valuetext", `step ${this.at} of ${last}, ${PHASES[now.phase]}`);
      this.draw(now);
      this.ask();
      const focused = this.shadowRoot.activeElement;
      buttons.back.disabled = this.at === 0;
      buttons.next.disabled = this.at === last || this.question() !== null;
      // A button that is switched off loses the focus, and with it the keys.
      if (focused?.disabled) slider.focus({ preventScroll: true });
      if (moving) this.flow(now);
    }

    // The drawing after all steps up to this one.
    draw(now) {
      const text = this.boxes.map(() => ({ value: "", cotangent: "", freed: false }));
      const walked = new Map();
      for (const step of this.steps.slice(0, this.at + 1)) {
        if (step.sets === "freed") text[step.box].freed = true;
        else if (step.sets) text[step.box][step.sets] = step.shown;
        if (step.arrow !== null && step.local) walked.set(step.arrow, step.local);
        else if (step.arrow !== null && !walked.has(step.arrow)) walked.set(step.arrow, "");
      }
      this.boxes.forEach((box, i) => {
        const leaf = box.classList.contains("leaf");
        box.classList.toggle("now", now.box === i);
        box.classList.toggle("freed", text[i].freed);
        if (!leaf) write(box.querySelector(".value"), text[i].value, "?");
        const keeps = box.querySelector(".keeps");
        if (keeps) keeps.classList.toggle("hidden", !text[i].value);
        write(box.querySelector(".cotangent"), text[i].cotangent, "");
      });
      this.arrows.forEach((arrow, i) => {
        const [tail, head] = this.ends[i];
        const forward = now.phase === "forward" && now.box === head && tail !== head;
        arrow.classList.toggle("walked", walked.has(i));
        arrow.classList.toggle("now", now.arrow === i || forward);
        arrow.classList.toggle("forward", forward);
        const label = this.labels[i];
        label.classList.toggle("hidden", !walked.get(i));
        label.classList.toggle("past", now.arrow !== i);
      });
    }

    // A drop runs along the arrows that take part: with them forward, against them backward.
    flow(now) {
      if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
      const forward = now.phase === "forward";
      this.arrows.forEach((arrow, i) => {
        if (!arrow.classList.contains("now")) return;
        if (!forward && now.arrow !== i) return;
        const length = arrow.getTotalLength();
        const drop = document.createElementNS("http://www.w3.org/2000/svg", "circle");
        drop.setAttribute("r", "6");
        drop.setAttribute("class", forward ? "drop forward" : "drop");
        arrow.after(drop);
        const began = performance.now();
        const move = (time) => {
          const part = Math.min((time - began) / 600, 1);
          const eased = part * part * (3 - 2 * part);
          const point = arrow.getPointAtLength(length * (forward ? eased : 1 - eased));
          drop.setAttribute("cx", point.x);
          drop.setAttribute("cy", point.y);
          if (part < 1 && drop.isConnected) requestAnimationFrame(move);
          else drop.remove();
        };
        move(began);
      });
    }

    // The question whose answer the next step would show; null if there is none now.
    question() {
      const next = this.steps[this.at + 1];
      return this.quiz && next && next.answer ? next : null;
    }

    ask() {
      const { ask, label, answer, hint, score } = this.parts;
      const next = this.question();
      ask.hidden = next === null;
      const outcomes = [...this.asked.values()].filter((outcome) => outcome.done);
      const right = outcomes.filter((outcome) => outcome.tries === 1 && !outcome.told).length;
      score.textContent = outcomes.length
        ? `${right} of ${outcomes.length} right at the first try` : "";
      if (!next) return;
      const many = next.answer.length;
      label.textContent = next.question + (many > 1 ? ` (${many} numbers)` : "");
      answer.value = "";
      hint.textContent = this.verdict || "";
      hint.className = this.verdict ? "hint good" : "hint";
      this.verdict = "";
    }

    outcome() {
      const step = this.at + 1;
      if (!this.asked.has(step)) this.asked.set(step, { tries: 0, told: false, done: false });
      return this.asked.get(step);
    }

    check() {
      const { answer, hint } = this.parts;
      const next = this.question();
      if (!next) return;
      const given = read(answer.value, next.answer.length);
      if (!given.length || given.some((number) => !Number.isFinite(number))) {
        hint.className = "hint bad";
        hint.textContent = next.answer.length > 1
          ? `Type ${next.answer.length} numbers, like 1, 2.5, -3.`
          : "Type a number; 3*0.28, 1/3 and cos(5) will do, too.";
        return;
      }
      const outcome = this.outcome();
      if (!outcome.done) outcome.tries += 1;
      if (same(given, next.answer)) {
        outcome.done = true;
        this.verdict = "Right.";
        this.show(this.at + 1, true);
        if (this.question()) answer.focus({ preventScroll: true });
        else this.parts.buttons.next.focus({ preventScroll: true });
        return;
      }
      const known = next.mistakes.find(([wrong]) => same(given, wrong));
      hint.className = "hint bad";
      hint.textContent = known ? known[1] : next.hint;
      answer.select();
    }

    answerShown() {
      const outcome = this.outcome();
      if (!outcome.done) Object.assign(outcome, { told: true, done: true });
      this.show(this.at + 1, true);
      if (this.question()) this.parts.answer.focus({ preventScroll: true });
    }
  }

  function write(element, text, otherwise) {
    element.textContent = text || otherwise;
    element.classList.toggle("hidden", !text && !otherwise);
  }

  // Whether what lies behind an element is dark: its nearest painted ancestor, or the page.
  function darkBehind(element) {
    for (let node = element; node; node = node.parentNode || node.host) {
      if (!(node instanceof Element)) continue;
      const shade = brightness(getComputedStyle(node).backgroundColor);
      if (shade !== null) return shade < 0.5;
    }
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.backgroundColor = "Canvas";
    const shade = brightness(getComputedStyle(probe).backgroundColor);
    probe.remove();
    return shade !== null && shade < 0.5;
  }

  function brightness(colour) {
    const parts = (colour.match(/[\d.]+/g) || []).map(Number);
    if (parts.length < 3 || parts[3] === 0) return null;
    return (0.299 * parts[0] + 0.587 * parts[1] + 0.114 * parts[2]) / 255;
  }

  customElements.define(TAG, Player);
})();
