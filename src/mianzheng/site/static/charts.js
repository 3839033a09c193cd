// Charts one can point at: the table behind each chart, drawn by ECharts in place of the picture the server drew.
(function () {
  "use strict";
  if (!window.echarts) return;

  function colour(name) { return getComputedStyle(document.documentElement).getPropertyValue(name).trim(); }
  var probe = document.createElement("span");
  document.body.appendChild(probe);
  function seen(value) { probe.style.color = value; return getComputedStyle(probe).color; }

  document.querySelectorAll("figure[data-chart]").forEach(function (figure) {
    var picture = figure.querySelector("svg[role=img]");
    var rows = Array.from(figure.querySelectorAll("tr[data-day]")).reverse();
    if (!picture || rows.length < 2) return;
    var percent = figure.hasAttribute("data-percent");
    var names = Array.from(figure.querySelectorAll("thead th")).slice(1).map(function (cell) { return cell.textContent; });
    var ink = seen(colour("--mz-quiet")), line = seen(colour("--mz-line"));
    var days = [];
    var last = new Date(rows[rows.length - 1].dataset.day);
    for (var day = new Date(rows[0].dataset.day); day <= last; day.setUTCDate(day.getUTCDate() + 1)) days.push(day.toISOString().slice(0, 10));
    function said(value) {
      if (value === null || value === undefined || isNaN(value)) return "—";
      return percent ? (value * 100).toFixed(value > 0 && value < 0.1 ? 1 : 0) + "%" : Number(value).toLocaleString();
    }
    // Room above the line of the limit, and an axis of something where all is zero; otherwise the scale is ECharts' own.
    function room(most, share) {
      if (limit && most === Number(limit)) return most * 1.2;
      return most === 0 ? (share ? 0.012 : 4) : null;
    }
    var limit = figure.dataset.limit;
    var place = document.createElement("div");
    place.className = "live";
    place.setAttribute("role", "img");
    place.setAttribute("aria-label", picture.getAttribute("aria-label"));
    picture.replaceWith(place);
    var chart = window.echarts.init(place, null, { renderer: "svg" });
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: "inherit", color: ink },
      grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
      tooltip: { trigger: "axis", valueFormatter: said, backgroundColor: seen(colour("--mz-paper")), borderColor: line, textStyle: { color: seen(colour("--mz-ink")) } },
      xAxis: { type: "category", data: days, boundaryGap: false, axisTick: { show: false }, axisLabel: { color: ink, formatter: function (each) { return Number(each.slice(5, 7)) + "-" + Number(each.slice(8)); } }, axisLine: { lineStyle: { color: line } } },
      yAxis: { type: "value", splitNumber: 4, max: function (found) { return room(Math.max(found.max, limit ? Number(limit) : 0), percent); }, scale: figure.dataset.chart === "records", axisLabel: { color: ink, formatter: said }, splitLine: { lineStyle: { color: line } } },
      series: names.map(function (name, n) {
        return {
          name: name,
          type: "line",
          showSymbol: false,
          lineStyle: { width: 2.25 },
          color: seen("light-dark(#0072b2, #56b4e9)"),
          data: days.map(function (each) {
            var row = rows.find(function (found) { return found.dataset.day === each; });
            var value = row ? row.querySelectorAll("td")[n].dataset.value : "";
            return value === "" ? null : Number(value);
          }),
          markLine: limit && n === 0 ? { silent: true, symbol: "none", label: { show: false }, lineStyle: { type: "dashed", color: seen("light-dark(#815000, #f3c063)"), width: 1.5 }, data: [{ yAxis: Number(limit) }] } : undefined,
        };
      }),
    });
    window.addEventListener("resize", function () { chart.resize(); });
  });
  probe.remove();
})();
