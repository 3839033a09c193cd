// What scripts add, and nothing needs: keys for staff lists, menus that close, rows told apart when the network fails.
(function () {
  "use strict";

  function rows() { return Array.from(document.querySelectorAll("[data-row]")); }

  function move(by) {
    var all = rows();
    if (!all.length) return;
    var now = all.findIndex(function (row) { return row.classList.contains("is-current"); });
    var next = all[Math.max(0, Math.min(all.length - 1, now + by))] || all[0];
    all.forEach(function (row) { row.classList.toggle("is-current", row === next); });
    var link = next.querySelector("a");
    if (link) link.focus();
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      document.querySelectorAll("details.menu[open]").forEach(function (menu) {
        menu.open = false;
        menu.querySelector("summary").focus();
      });
      return;
    }
    if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) || event.target.isContentEditable) return;
    if (event.key === "/") {
      var field = document.querySelector("[data-search]");
      if (field) { event.preventDefault(); field.focus(); }
    }
    if (document.body.classList.contains("staff") && (event.key === "j" || event.key === "k")) move(event.key === "j" ? 1 : -1);
  });

  document.addEventListener("click", function (event) {
    if (event.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  // On a narrow screen the desk's entry one is at may lie beyond the edge.
  var here = document.querySelector(".desks-list [aria-current]");
  if (here && here.offsetParent) here.parentElement.parentElement.scrollLeft = here.offsetLeft - 16;

  // A row whose question did not get through says so; nothing is lost.
  ["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach(function (name) {
    document.addEventListener(name, function (event) {
      var row = event.detail.elt.closest(".fact-row");
      if (row) row.classList.add("has-failed");
    });
  });

  // A double click sends a form once; the second press is not needed and changes nothing.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  // What is typed into form[data-keep] stays in this window until the server has it: a switch of language or an expired
  // sign-in loses nothing. It is kept for one account (the attribute's value) and path, and forgotten on signing out.
  var KEPT = "mianzheng.kept:", SENT = "mianzheng.sent";

  function kept() {
    try {
      return Object.keys(sessionStorage).filter(function (name) { return name.indexOf(KEPT) === 0; });
    } catch (refused) { return null; }
  }

  function forget(names) { names.forEach(function (name) { sessionStorage.removeItem(name); }); }

  function fields(form) {
    return Array.from(form.elements).filter(function (field) {
      return field.name && !/^(hidden|password|file|submit|button|reset)$/.test(field.type);
    });
  }

  function isTick(field) { return field.type === "checkbox" || field.type === "radio"; }

  function keep(form, name) {
    sessionStorage.setItem(name, JSON.stringify(fields(form).map(function (field) {
      return [field.name, field.value, field.checked === true];
    })));
  }

  function putBack(form, name) {
    var typed = JSON.parse(sessionStorage.getItem(name) || "[]");
    fields(form).forEach(function (field) {
      typed.forEach(function (each) {
        if (each[0] !== field.name) return;
        if (!isTick(field)) field.value = each[1];
        else if (each[1] === field.value) field.checked = each[2];
      });
    });
    var note = form.querySelector("[data-kept]");
    if (note) note.hidden = !typed.length;
  }

  function keeping() {
    var names = kept();
    if (names === null) return;
    var form = document.querySelector("form[data-keep]");
    var name = form && KEPT + form.dataset.keep + ":" + location.pathname;
    var waiting = document.querySelector("[data-kept-note]");
    var sent = sessionStorage.getItem(SENT);
    if (waiting) {
      waiting.hidden = !names.length;
      return;  // on the way through signing in nothing is forgotten
    }
    // Sent, and somewhere else now, or back with what the server kept: it has arrived.
    if (sent && (sent !== name || /[?&](mend|saved)=/.test(location.search))) forget([sent]);
    sessionStorage.removeItem(SENT);
    if (!form) return;
    putBack(form, name);
    form.addEventListener("input", function () { keep(form, name); });
    form.addEventListener("submit", function () { sessionStorage.setItem(SENT, name); });
    form.querySelectorAll("[data-drop-kept]").forEach(function (button) {
      button.addEventListener("click", function () { forget([name]); location.reload(); });
    });
  }
  keeping();
  document.addEventListener("submit", function (event) {
    if (event.target.hasAttribute("data-forget")) forget(kept() || []);
  });

  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) { delete form.dataset.sent; });
  });
})();
