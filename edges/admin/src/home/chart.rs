//! Bars by hour with the day before as a line, from a baseline of zero, with units and the numbers behind it.
//! Drawn here: no script, no library.

use crate::words::{money, thousands};
use serde::Serialize;
use souk_kernel::{Currency, DAY_MS, HOUR_MS, Money, Timestamp};
use souk_orders::OrderState;
use souk_staff::Hour;

/// Hours in a chart.
pub const HOURS: i64 = 24;
/// The box, and where its bars stand.
const WIDTH: i64 = 720;
const HEIGHT: i64 = 190;
const LEFT: i64 = 56;
const TOP: i64 = 12;
const BASE: i64 = HEIGHT - 22;

/// What is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// How many orders were paid.
    Orders,
    /// What they are worth.
    Revenue(Currency),
}

#[derive(Serialize)]
pub struct Chart {
    title: &'static str,
    width: i64,
    height: i64,
    left: i64,
    base: i64,
    total: String,
    total_before: String,
    bars: Vec<Bar>,
    /// The day before: points of a line of steps.
    line: String,
    grid: Vec<Rule>,
}

#[derive(Serialize)]
struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    hour: String,
    now: String,
    before: String,
    /// Below the axis; empty for most.
    label: String,
}

#[derive(Serialize)]
struct Rule {
    y: i64,
    says: String,
}

const fn is_sale(state: OrderState) -> bool {
    use OrderState::{Confirmed, Delivered, Shipped};
    matches!(state, Confirmed | Shipped | Delivered)
}

/// The smallest of 1, 2 or 5 with zeros behind it that is at least this: where an axis may end.
fn round_up(number: i64) -> i64 {
    let mut step = 1_i64;
    loop {
        for digit in [1, 2, 5] {
            let end = step.saturating_mul(digit);
            if end >= number || end == i64::MAX {
                return end;
            }
        }
        step = step.saturating_mul(10);
    }
}

/// The chart of a day from `first` on.
pub fn draw(of: Of, hours: &[Hour], first: Timestamp) -> Chart {
    let value = |hour: &Hour| match of {
        Of::Orders => i64::try_from(hour.orders).unwrap_or(i64::MAX),
        Of::Revenue(_) => hour.minor,
    };
    let says = |value: i64| match of {
        Of::Orders => thousands(value.unsigned_abs()),
        Of::Revenue(currency) => money(Money::new(value, currency)),
    };
    let at = |since: Timestamp| -> i64 {
        hours.iter().filter(|h| h.since == since && is_sale(h.state)).map(value).sum()
    };
    let pairs: Vec<(Timestamp, i64, i64)> = (0..HOURS)
        .map(|hour| first.plus_ms(hour * HOUR_MS))
        .map(|since| (since, at(since), at(since.plus_ms(-DAY_MS))))
        .collect();
    let most = pairs.iter().map(|(_, now, before)| *now.max(before)).max().unwrap_or(0);
    // Money's axis ends at whole units.
    let unit = if matches!(of, Of::Revenue(_)) { 100 } else { 1 };
    let end = round_up((most + unit - 1) / unit).max(1).saturating_mul(unit);
    let tall = |value: i64| {
        i64::try_from(i128::from(value) * i128::from(BASE - TOP) / i128::from(end)).unwrap_or(0)
    };
    let step = (WIDTH - LEFT) / HOURS;
    let mut line = String::new();
    let bars = pairs.iter().enumerate().map(|(at, (since, now, before))| {
        let (x, clock) = (LEFT + at as i64 * step, (since.0 / HOUR_MS).rem_euclid(24));
        let y = BASE - tall(*before);
        line.push_str(&format!("{x},{y} {},{y} ", x + step));
        // An hour with one order among thousands is still seen.
        let height = if *now == 0 { 0 } else { tall(*now).max(2) };
        Bar {
            x: x + 3,
            y: BASE - height,
            width: step - 6,
            height,
            hour: format!("{clock:02}:00 to {:02}:00", (clock + 1) % 24),
            now: says(*now),
            before: says(*before),
            label: if at % 4 == 0 { format!("{clock:02}:00") } else { String::new() },
        }
    });
    let bars: Vec<Bar> = bars.collect();
    let half = if end / unit % 2 == 0 { vec![0, end / 2, end] } else { vec![0, end] };
    Chart {
        title: match of {
            Of::Orders => "Paid orders by hour",
            Of::Revenue(_) => "Revenue by hour",
        },
        width: WIDTH,
        height: HEIGHT,
        left: LEFT,
        base: BASE,
        total: says(pairs.iter().map(|(_, now, _)| now).sum()),
        total_before: says(pairs.iter().map(|(.., before)| before).sum()),
        bars,
        line: line.trim_end().to_owned(),
        grid: half.into_iter().map(|at| Rule { y: BASE - tall(at), says: axis(of, at) }).collect(),
    }
}

/// A number beside the axis: whole units of money.
fn axis(of: Of, value: i64) -> String {
    match of {
        Of::Orders => thousands(value.unsigned_abs()),
        Of::Revenue(currency) => {
            let whole = value / 10_i64.pow(currency.exponent());
            format!("{}{}", currency.symbol(), thousands(whole.unsigned_abs()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_zero_and_count_sales_only() {
        let first = Timestamp(1_795_464_000_000);
        let hour = |at: i64, state, orders| Hour {
            since: first.plus_ms(at * HOUR_MS),
            state,
            orders,
            minor: 100 * orders as i64,
        };
        let hours = [
            hour(0, OrderState::Confirmed, 1),
            hour(3, OrderState::Confirmed, 900),
            hour(3, OrderState::Shipped, 100),
            hour(5, OrderState::PaymentFailed, 7),
            hour(3 - 24, OrderState::Delivered, 500),
        ];
        let chart = draw(Of::Orders, &hours, first);
        assert_eq!(chart.bars.len(), 24);
        assert_eq!((chart.total.as_str(), chart.total_before.as_str()), ("1,001", "500"));
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == chart.base));
        let tall = |at: usize| chart.bars[at].height;
        assert_eq!((tall(1), tall(5)), (0, 0));
        assert!(tall(3) == BASE - TOP && tall(0) >= 2);
        let half = BASE - (BASE - TOP) / 2;
        assert!(chart.line.contains(&format!(",{half} ")), "{}", chart.line);
        assert_eq!(
            chart.grid.iter().map(|rule| rule.says.as_str()).collect::<Vec<_>>(),
            ["0", "500", "1,000"]
        );
        let worth = draw(Of::Revenue(Currency::Eur), &hours, first);
        assert_eq!(worth.grid.last().map(|rule| rule.says.as_str()), Some("€1,000"));
        assert_eq!(worth.bars[3].now, "€1000.00");
    }

    #[test]
    fn axes_end_at_round_numbers() {
        assert_eq!([0, 1, 2, 3, 6, 11, 49, 51].map(round_up), [1, 1, 2, 5, 10, 20, 50, 100]);
    }
}
