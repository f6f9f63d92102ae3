// Charts for people who would rather look. <div class="chart" data-chart='{"url": "/…"}'> fetches {"option": …}, or holds it in a
// <script type="application/json">. Colours follow the theme; a table with the same figures stands behind a button for all,
// and is always there for screen readers. A series item may carry `url`: a click on it opens the rows behind the figure.
import * as echarts from "echarts/core"
import { BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreeChart } from "echarts/charts"
import { AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from "echarts/components"
import { SVGRenderer } from "echarts/renderers"
import { icon, make } from "./dom.js"
import { send } from "./net.js"
import { say } from "./words.js"

echarts.use([BarChart, FunnelChart, GaugeChart, HeatmapChart, LineChart, PieChart, SankeyChart, ScatterChart, TreeChart, AriaComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, VisualMapComponent, SVGRenderer])

const HUES = ["accent", "teal-dot", "amber-dot", "violet-dot", "pink-dot", "green-dot", "red-dot", "blue-dot"]

export async function start(place) {
  const given = JSON.parse(place.dataset.chart || "{}")
  const inside = place.querySelector('script[type="application/json"]')
  const option = inside ? JSON.parse(inside.textContent) : await fetchOption(given.url)
  if (!option) return
  const canvas = make("div", { class: "chart-canvas", "aria-hidden": "true" })
  const table = tableOf(option, place.dataset.label ?? "")
  const button = make("button", { type: "button", class: "button button-quiet button-icon button-s", "aria-label": say("table"), title: say("table") }, icon("table"))
  place.replaceChildren(canvas, make("div", { class: "chart-tools is-screen" }, button), table)
  button.addEventListener("click", () => swap(canvas, table, button))
  draw(canvas, option)
}

async function fetchOption(url) {
  const answer = url && await send(url, { headers: { Accept: "application/json" } })
  if (!answer?.ok) return null
  const data = await answer.json()
  return data.option ?? data
}

function draw(canvas, option) {
  let chart
  const renew = () => {
    if (!canvas.isConnected) return document.removeEventListener("theme:changed", renew)
    chart?.dispose()
    chart = echarts.init(canvas, theme(canvas), { renderer: "svg" })
    chart.setOption({ animation: false, ...option, tooltip: { renderMode: "richText", trigger: option.xAxis ? "axis" : "item", ...option.tooltip } })
    chart.on("click", ({ data }) => { if (data?.url) location.assign(data.url) })
  }
  renew()
  document.addEventListener("theme:changed", renew)
  new ResizeObserver(() => canvas.clientWidth && chart.resize()).observe(canvas)
}

function theme(element) {
  const probe = make("span", { hidden: true })
  element.append(probe)
  const colour = (name) => {
    probe.style.color = `var(--${name})`
    return getComputedStyle(probe).color
  }
  const [text, muted, line, soft, float] = ["text", "text-muted", "line", "line-soft", "ground-float"].map(colour)
  const axis = { axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { color: muted, fontSize: 11 }, splitLine: { lineStyle: { color: soft } }, nameTextStyle: { color: muted } }
  const made = {
    color: HUES.map(colour), backgroundColor: "transparent", textStyle: { fontFamily: getComputedStyle(element).fontFamily, color: text, fontSize: 12 },
    grid: { left: 8, right: 12, top: 28, bottom: 8, outerBoundsMode: "same", containLabel: true },
    categoryAxis: { ...axis, splitLine: { show: false } }, valueAxis: { ...axis, axisLine: { show: false } }, timeAxis: { ...axis, splitLine: { show: false } }, logAxis: axis,
    legend: { textStyle: { color: muted }, icon: "roundRect", itemWidth: 9, itemHeight: 9, top: 0, left: 0 },
    tooltip: { backgroundColor: float, borderColor: line, textStyle: { color: text, fontSize: 12 } },
    bar: { barMaxWidth: 34, itemStyle: { borderRadius: [3, 3, 0, 0] } }, line: { symbolSize: 5, lineStyle: { width: 2 } }, pie: { label: { color: text } }, funnel: { label: { color: text }, itemStyle: { borderColor: float } },
  }
  probe.remove()
  return made
}

function swap(canvas, table, button) {
  const isTable = table.classList.toggle("sr-only") === false
  canvas.hidden = isTable
  button.setAttribute("aria-label", say(isTable ? "chart" : "table"))
  button.title = say(isTable ? "chart" : "table")
}

/** The figures of an option as a table: categories down, series across. */
function tableOf(option, label) {
  const series = [option.series ?? []].flat()
  const axis = [option.xAxis, option.yAxis].flat().find((one) => one?.data)
  const names = axis?.data ?? series[0]?.data?.map((item) => item?.name ?? "") ?? []
  const value = (item) => String(item?.value ?? item ?? "")
  const head = make("tr", {}, option.xAxis?.name ? make("th", { scope: "col" }, option.xAxis.name) : make("td"), ...series.map((one) => make("th", { scope: "col", class: "is-number" }, one.name ?? say("value"))))
  const rows = names.map((name, index) => make("tr", {}, make("th", { scope: "row" }, String(name?.value ?? name)), ...series.map((one) => make("td", { class: "is-number" }, value(one.data?.[index])))))
  return make("div", { class: "chart-table table-scroll sr-only", tabindex: "0", role: "region", "aria-label": label || say("table") }, make("table", { class: "table" }, make("caption", { class: "sr-only" }, label), make("thead", {}, head), make("tbody", {}, ...rows)))
}
