//! Draws how the import's rate and the time of a count change with the size of the list, from the JSON that the
//! other benchmarks left: `cargo run -p hustings-bench --bin growth` writes `bench/growth.svg`.

use hustings_bench::kept;
use serde_json::Value;
use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;

/// A size and what was measured at it.
type Point = (f64, f64);

/// One line of a picture.
#[derive(Debug)]
struct Series {
    name: &'static str,
    points: Vec<Point>,
}

/// What was promised, between two sizes.
#[derive(Debug)]
struct Bar {
    name: &'static str,
    value: f64,
    from: f64,
    to: f64,
}

/// A picture: both axes are logarithmic.
#[derive(Debug)]
struct Panel {
    title: &'static str,
    sizes: Vec<f64>,
    values: Vec<f64>,
    unit: &'static str,
    series: Vec<Series>,
    bars: Vec<Bar>,
}

const WIDTH: f64 = 460.0;
const HEIGHT: f64 = 300.0;
const LEFT: f64 = 62.0;
const TOP: f64 = 44.0;
const APART: f64 = 560.0;

fn main() -> Result<(), Box<dyn Error>> {
    let import = kept(Path::new("bench/import.json"))?;
    let audience = kept(Path::new("bench/audience.json"))?;
    let imported = |file| rates(&import, file);
    let counted = |what| series(&audience, "people", ("lines", "what", what, "median"));
    let panels = [
        Panel {
            title: "Import into SQLite: rows a second, by rows of the file",
            sizes: vec![1e5, 1e6, 1e7],
            values: vec![1e4, 2e4, 5e4, 1e5, 2e5, 5e5],
            unit: "",
            series: vec![
                Series { name: "new people, 15 columns", points: imported("new people, 15 columns") },
                Series { name: "the same file again", points: imported("the same file again") },
            ],
            bars: vec![
                Bar { name: "bar: 100,000 new", value: 1e5, from: 1e5, to: 1e7 },
                Bar { name: "bar: 200,000 again", value: 2e5, from: 1e5, to: 1e7 },
            ],
        },
        Panel {
            title: "Count of five predicates with two ranges, 2 threads: ms, by people",
            sizes: vec![1e5, 1e6, 1e7, 1e8],
            values: vec![0.01, 0.1, 1.0, 10.0, 100.0],
            unit: " ms",
            series: vec![
                Series { name: "everywhere", points: counted("count: five, everywhere") },
                Series { name: "a state of 12 %", points: counted("count: five, a state of 12 %") },
                Series { name: "a state of 0.2 %", points: counted("count: five, a state of 0.2 %") },
            ],
            bars: vec![
                Bar { name: "bar: 1.3 ms at 10 M", value: 1.3, from: 1e5, to: 1e7 },
                Bar { name: "bar: 12 ms at 100 M", value: 12.0, from: 1e7, to: 1e8 },
            ],
        },
    ];
    let drawn = draw(&panels)?;
    std::fs::write("bench/growth.svg", drawn)?;
    let points: usize = panels.iter().flat_map(|panel| &panel.series).map(|series| series.points.len()).sum();
    writeln!(std::io::stdout(), "bench/growth.svg: {points} measurements")?;
    Ok(())
}

/// The measurements of one name, over the runs: in `list`, the entry whose `name` is `wanted`, and its `value`.
fn series(runs: &[Value], size: &str, (list, name, wanted, value): (&str, &str, &str, &str)) -> Vec<Point> {
    let point = |run: &Value| {
        let entries = run.get(list)?.as_array()?;
        let entry = entries.iter().find(|entry| entry.get(name).and_then(Value::as_str) == Some(wanted))?;
        Some((run.get(size)?.as_f64()?, entry.get(value)?.as_f64()?))
    };
    runs.iter().filter_map(point).filter(|(size, value)| *size > 0.0 && *value > 0.0).collect()
}

/// The rates at which a file came into an empty list in SQLite, by its rows.
fn rates(runs: &[Value], file: &str) -> Vec<Point> {
    let text = |run: &Value, name: &str| run.get(name).and_then(Value::as_str).map(str::to_owned);
    let number = |run: &Value, name: &str| run.get(name).and_then(Value::as_f64);
    let wanted = |run: &&Value| {
        text(run, "store").as_deref() == Some("sqlite")
            && text(run, "file").as_deref() == Some(file)
            && number(run, "held") == Some(0.0)
    };
    let point = |run: &Value| Some((number(run, "rows")?, number(run, "rows_per_second")?));
    let mut points: Vec<Point> = runs.iter().filter(wanted).filter_map(point).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0));
    points
}

impl Panel {
    fn x(&self, size: f64) -> f64 {
        LEFT + along(&self.sizes, size) * WIDTH
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (1.0 - along(&self.values, value)) * HEIGHT
    }
}

/// Where a value stands between the ends of an axis, 0 to 1.
fn along(axis: &[f64], value: f64) -> f64 {
    let (Some(first), Some(last)) = (axis.first(), axis.last()) else { return 0.0 };
    ((value / first).ln() / (last / first).ln()).clamp(0.0, 1.0)
}

/// `100000` as `0.1 M` on an axis of sizes.
fn size_name(size: f64) -> String {
    format!("{} M", size / 1e6)
}

fn value_name(value: f64, unit: &str) -> String {
    if value >= 1_000.0 { format!("{}k{unit}", value / 1_000.0) } else { format!("{value}{unit}") }
}

fn draw(panels: &[Panel]) -> Result<String, Box<dyn Error>> {
    let mut svg = String::new();
    writeln!(
        svg,
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1120 470" role="img" aria-labelledby="title">
<title id="title">Import rate and count time as the list grows</title>
<style>
  svg {{ font: 13px system-ui, sans-serif; --ink: #1d2327; --faint: #c9ced2; --bar: #5b6670; --ground: #ffffff;
         --s0: #0b62a8; --s1: #b0480a; --s2: #1c7a3e; }}
  @media (prefers-color-scheme: dark) {{
    svg {{ --ink: #e8eaec; --faint: #444c53; --bar: #a3adb5; --ground: #14181b;
           --s0: #6fb3ec; --s1: #f0a070; --s2: #79cf97; }}
  }}
  text {{ fill: var(--ink); }} .grid {{ stroke: var(--faint); }} .bar {{ stroke: var(--bar); stroke-dasharray: 6 4; }}
  .note {{ fill: var(--bar); font-size: 12px; }} .title {{ font-weight: 600; }} polyline {{ fill: none; stroke-width: 2; }}
</style>
<rect width="1120" height="470" fill="var(--ground)"/>"#
    )?;
    for (panel, shift) in panels.iter().zip([0.0, APART]) {
        writeln!(svg, r#"<g transform="translate({shift} 0)">"#)?;
        draw_panel(&mut svg, panel)?;
        writeln!(svg, "</g>")?;
    }
    writeln!(svg, "</svg>")?;
    Ok(svg)
}

fn draw_panel(svg: &mut String, panel: &Panel) -> std::fmt::Result {
    let (right, bottom) = (LEFT + WIDTH, TOP + HEIGHT);
    writeln!(svg, r#"<text class="title" x="{LEFT}" y="22">{}</text>"#, panel.title)?;
    for value in &panel.values {
        let (y, name) = (panel.y(*value), value_name(*value, panel.unit));
        writeln!(svg, r#"<line class="grid" x1="{LEFT}" y1="{y:.1}" x2="{right}" y2="{y:.1}"/>"#)?;
        writeln!(svg, r#"<text x="{:.1}" y="{:.1}" text-anchor="end">{name}</text>"#, LEFT - 8.0, y + 4.0)?;
    }
    for size in &panel.sizes {
        let (x, name) = (panel.x(*size), size_name(*size));
        writeln!(svg, r#"<line class="grid" x1="{x:.1}" y1="{TOP}" x2="{x:.1}" y2="{bottom}"/>"#)?;
        writeln!(svg, r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{name}</text>"#, bottom + 20.0)?;
    }
    for bar in &panel.bars {
        let (from, to, y) = (panel.x(bar.from), panel.x(bar.to), panel.y(bar.value));
        writeln!(svg, r#"<line class="bar" x1="{from:.1}" y1="{y:.1}" x2="{to:.1}" y2="{y:.1}"/>"#)?;
        writeln!(svg, r#"<text class="note" x="{:.1}" y="{:.1}">{}</text>"#, from + 6.0, y - 5.0, bar.name)?;
    }
    for (at, series) in panel.series.iter().enumerate() {
        let points: Vec<_> =
            series.points.iter().map(|(size, value)| (panel.x(*size), panel.y(*value))).collect();
        let line: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        writeln!(svg, r#"<polyline style="stroke: var(--s{at})" points="{}"/>"#, line.join(" "))?;
        for ((x, y), (size, value)) in points.iter().zip(&series.points) {
            writeln!(
                svg,
                r#"<circle style="fill: var(--s{at})" cx="{x:.1}" cy="{y:.1}" r="4"><title>{}, {}: {}</title></circle>"#,
                series.name,
                size_name(*size),
                value_name(*value, panel.unit)
            )?;
        }
        #[expect(clippy::cast_precision_loss, reason = "a place in a short list")]
        let (x, y) = (LEFT + 4.0, bottom + 44.0 + 20.0 * at as f64);
        writeln!(svg, r#"<circle style="fill: var(--s{at})" cx="{x:.1}" cy="{:.1}" r="4"/>"#, y - 4.0)?;
        let missing = if series.points.is_empty() { " (not measured)" } else { "" };
        writeln!(svg, r#"<text x="{:.1}" y="{y:.1}">{}{missing}</text>"#, x + 12.0, series.name)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{along, rates, series};
    use serde_json::json;

    #[test]
    fn measurements_are_found_by_name_over_the_runs() {
        let runs = [
            json!({"rows": 100, "files": [{"file": "a", "rows_per_second": 7}]}),
            json!({"rows": 1_000, "files": [{"file": "b", "rows_per_second": 9}]}),
        ];
        let found = series(&runs, "rows", ("files", "file", "a", "rows_per_second"));
        assert_eq!(found, [(100.0, 7.0)]);
        let run =
            |held| json!({"store": "sqlite", "file": "a", "held": held, "rows": 5, "rows_per_second": 3});
        assert_eq!(rates(&[run(0), run(7)], "a"), [(5.0, 3.0)]);
        assert!((along(&[1.0, 100.0], 10.0) - 0.5).abs() < 1e-9);
    }
}
