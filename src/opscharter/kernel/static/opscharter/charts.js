/* Charts: specs come as JSON beside their place; the target is always drawn and every point opens its records. */
"use strict";

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axes(spec) {
  const text = colour("--muted");
  const line = colour("--line");
  return {
    animation: false,
    grid: { left: 40, right: 16, top: 26, bottom: 24 },
    tooltip: { trigger: "axis", confine: true, backgroundColor: colour("--card"), borderColor: line, textStyle: { color: colour("--text"), fontSize: 12 } },
    xAxis: { type: "category", data: spec.points.map((point) => point.x), axisTick: { show: false }, axisLabel: { color: text, fontSize: 11 }, axisLine: { lineStyle: { color: line } } },
    yAxis: { type: "value", minInterval: 1, axisLabel: { color: text, fontSize: 11 }, splitLine: { lineStyle: { color: line } } },
  };
}

function shareOverTime(spec) {
  const known = spec.points.map((point) => point.y).filter((y) => y !== null);
  const red = colour("--vermilion-fill");
  const blue = colour("--azurite");
  const chart = axes(spec);
  chart.yAxis.max = 100;
  chart.yAxis.min = Math.max(0, Math.floor((Math.min(spec.target, ...known) - 3) / 5) * 5);
  chart.series = [{
    type: "line",
    data: spec.points.map((point) => point.y),
    symbolSize: 8,
    lineStyle: { color: blue },
    itemStyle: { color: blue },
    markLine: { silent: true, symbol: "none", label: { formatter: `${spec.target}`, color: red, position: "insideEndTop" }, lineStyle: { color: red, type: "dashed" }, data: [{ yAxis: spec.target }] },
  }];
  return chart;
}

/* A figure of any unit: its own scale, and the target where there is one. */
function figureOverTime(spec) {
  const red = colour("--vermilion-fill");
  const blue = colour("--azurite");
  const chart = axes(spec);
  const aim = spec.target ?? null;
  delete chart.yAxis.minInterval;
  if (aim !== null) {
    const known = [aim, ...spec.points.map((point) => point.y).filter((y) => y !== null)];
    const room = (Math.max(...known) - Math.min(...known)) * 0.15 || 1;
    chart.yAxis.min = Math.max(0, Math.floor((Math.min(...known) - room) * 10) / 10);
    chart.yAxis.max = Math.ceil((Math.max(...known) + room) * 10) / 10;
    if (spec.unit === "%") chart.yAxis.max = Math.min(100, chart.yAxis.max);
  }
  const mark = { silent: true, symbol: "none", label: { formatter: `${aim}`, color: red, position: "insideEndTop" }, lineStyle: { color: red, type: "dashed" }, data: [{ yAxis: aim }] };
  chart.series = [{
    type: "line", connectNulls: true, symbolSize: 8, data: spec.points.map((point) => point.y),
    lineStyle: { color: blue }, itemStyle: { color: blue }, markLine: aim === null ? undefined : mark,
  }];
  return chart;
}

function flowOverTime(spec) {
  const green = colour("--jade-fill");
  const chart = axes(spec);
  chart.legend = { right: 8, top: 0, itemHeight: 8, textStyle: { color: colour("--muted"), fontSize: 11 } };
  chart.series = [
    { name: spec.bars, type: "bar", data: spec.points.map((point) => point.y), itemStyle: { color: colour("--azurite-line") } },
    { name: spec.line, type: "line", data: spec.points.map((point) => point.z), symbolSize: 6, lineStyle: { color: green }, itemStyle: { color: green } },
  ];
  return chart;
}

const DRAWN = { share: shareOverTime, figure: figureOverTime };

function draw(place) {
  const spec = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const chart = echarts.getInstanceByDom(place) || echarts.init(place);
  chart.setOption((DRAWN[spec.type] || flowOverTime)(spec), true);
  chart.off("click");
  chart.on("click", (hit) => {
    const point = spec.points[hit.dataIndex];
    const url = hit.seriesType === "line" && point.lineUrl ? point.lineUrl : point.url;
    if (url) location.href = url;
  });
}

const charts = () => document.querySelectorAll("[data-chart]");
addEventListener("resize", () => charts().forEach((place) => echarts.getInstanceByDom(place)?.resize()));
document.addEventListener("theme", () => charts().forEach((place) => echarts.getInstanceByDom(place) && draw(place)));
