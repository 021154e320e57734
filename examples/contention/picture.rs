//! The numbers as an SVG of two panels, written by hand: calls on the left, time on the right. Nothing is
//! measured here.

use std::fmt::Write as _;

use super::simulation::Outcome;
use super::strategy::Strategy;
use super::table::Row;

const SIZE: (f64, f64) = (960.0, 420.0);
/// Of what lies between the axes of a panel.
const PANEL: (f64, f64) = (385.0, 270.0);
const TOP: f64 = 90.0;
const BOTTOM: f64 = TOP + PANEL.1;

/// Where values lie between the bottom of a panel (0) and its top (1).
enum Scale {
    Linear { step: f64, highest: f64 },
    Logarithmic { lowest: f64, highest: f64 },
}

impl Scale {
    /// From zero, in about five steps of whole numbers.
    fn linear(values: &[f64]) -> Self {
        let highest = values.iter().copied().fold(5.0, f64::max);
        let step = round_numbers().find(|&step| step * 5.0 >= highest).unwrap_or(highest);
        Self::Linear { step, highest: (highest / step).ceil() * step }
    }

    fn logarithmic(values: &[f64]) -> Self {
        let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
        let highest = values.iter().copied().fold(0.0, f64::max);
        Self::Logarithmic {
            lowest: round_numbers().take_while(|&number| number <= lowest).last().unwrap_or(0.001),
            highest: round_numbers().find(|&number| number > highest).unwrap_or(highest),
        }
    }

    fn share(&self, value: f64) -> f64 {
        match *self {
            Self::Linear { highest, .. } => value / highest,
            Self::Logarithmic { lowest, highest } => (value / lowest).ln() / (highest / lowest).ln(),
        }
    }

    fn ticks(&self) -> Vec<f64> {
        match *self {
            Self::Linear { step, highest } => {
                let next = |tick: &f64| Some(tick + step);
                std::iter::successors(Some(0.0), next)
                    .take_while(|&tick| tick < highest + step / 2.0)
                    .collect()
            }
            Self::Logarithmic { lowest, highest } => {
                round_numbers().filter(|number| (lowest..=highest).contains(number)).collect()
            }
        }
    }
}

/// 0.001, 0.002, 0.005, 0.01 … 5 000 000.
fn round_numbers() -> impl Iterator<Item = f64> {
    (-3..=6).flat_map(|power| [1.0, 2.0, 5.0].map(|digit| digit * 10.0_f64.powi(power)))
}

/// Told apart on any screen, and by those who see fewer colours.
const fn colour(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::NoBackoff => "#555555",
        Strategy::NoJitter => "#d55e00",
        Strategy::Default => "#cc79a7",
        Strategy::Equal => "#56b4e9",
        Strategy::Full => "#0072b2",
        Strategy::Decorrelated => "#009e73",
    }
}

/// Two lines that nearly coincide are both seen if the upper one has gaps.
const fn dashes(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Full => r#" stroke-dasharray="7 5""#,
        Strategy::Decorrelated => r#" stroke-dasharray="3 3""#,
        _ => "",
    }
}

struct Panel<'r> {
    rows: &'r [Row],
    left: f64,
    across: Scale,
    up: Scale,
    value: fn(&Outcome) -> f64,
}

// Writing into a string cannot fail: the results of `writeln!` are dropped.
impl Panel<'_> {
    fn x(&self, clients: f64) -> f64 {
        self.left + self.across.share(clients) * PANEL.0
    }

    fn y(&self, value: f64) -> f64 {
        BOTTOM - self.up.share(value) * PANEL.1
    }

    fn draw(&self, title: &str, svg: &mut String) {
        let (left, right) = (self.left, self.left + PANEL.0);
        let _ = writeln!(svg, r#"<text x="{left}" y="{}" font-weight="bold">{title}</text>"#, TOP - 16.0);
        for tick in self.up.ticks() {
            let y = self.y(tick);
            let _ = writeln!(svg, r##"<path d="M{left} {y:.1}H{right}" stroke="#dddddd"/>"##);
            let (x, y) = (left - 8.0, y + 4.0);
            let _ = writeln!(svg, r#"<text x="{x}" y="{y:.1}" text-anchor="end">{tick}</text>"#);
        }
        for tick in self.across.ticks() {
            let x = self.x(tick);
            let _ = writeln!(svg, r##"<path d="M{x:.1} {BOTTOM}v5" stroke="#333333"/>"##);
            let y = BOTTOM + 20.0;
            let _ = writeln!(svg, r#"<text x="{x:.1}" y="{y}" text-anchor="middle">{tick}</text>"#);
        }
        let _ = writeln!(svg, r##"<path d="M{left} {TOP}V{BOTTOM}H{right}" fill="none" stroke="#333333"/>"##);
        let (x, y) = (left + PANEL.0 / 2.0, BOTTOM + 42.0);
        let _ = writeln!(svg, r#"<text x="{x}" y="{y}" text-anchor="middle">clients</text>"#);
        for (place, strategy) in Strategy::ALL.into_iter().enumerate() {
            self.line(place, strategy, svg);
        }
    }

    fn line(&self, place: usize, strategy: Strategy, svg: &mut String) {
        let point = |row: &Row| {
            let value = (self.value)(row.outcomes.get(place)?);
            Some(format!("{:.1},{:.1}", self.x(row.clients.into()), self.y(value)))
        };
        let points = self.rows.iter().filter_map(point).collect::<Vec<_>>().join(" ");
        let (colour, dashes, name) = (colour(strategy), dashes(strategy), strategy.name());
        let _ = writeln!(
            svg,
            r#"<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2.5"{dashes}><title>{name}</title></polyline>"#
        );
    }
}

fn legend(svg: &mut String) {
    let mut x = 70.0;
    for strategy in Strategy::ALL {
        let (colour, dashes) = (colour(strategy), dashes(strategy));
        let _ = writeln!(svg, r#"<path d="M{x} 30h28" stroke="{colour}" stroke-width="2.5"{dashes}/>"#);
        let _ = writeln!(svg, r#"<text x="{}" y="34">{}</text>"#, x + 36.0, strategy.name());
        x += 150.0;
    }
}

/// The whole picture, for at least one row.
pub(crate) fn svg(rows: &[Row]) -> String {
    let clients: Vec<f64> = rows.iter().map(|row| row.clients.into()).collect();
    let all = |value: fn(&Outcome) -> f64| -> Vec<f64> {
        rows.iter().flat_map(|row| &row.outcomes).map(value).collect()
    };
    let calls: fn(&Outcome) -> f64 = |outcome| outcome.calls.into();
    let time: fn(&Outcome) -> f64 = |outcome| outcome.time.as_secs_f64();
    let panel = |left, up, value| Panel { rows, left, across: Scale::linear(&clients), up, value };

    let (width, height) = SIZE;
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13" fill="black">
<rect width="{width}" height="{height}" fill="white"/>
"#
    );
    legend(&mut svg);
    panel(70.0, Scale::linear(&all(calls)), calls).draw("Calls in all", &mut svg);
    panel(550.0, Scale::logarithmic(&all(time)), time)
        .draw("Seconds until the last client is done (logarithmic)", &mut svg);
    svg.push_str("</svg>\n");
    svg
}
