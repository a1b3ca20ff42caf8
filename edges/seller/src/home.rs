//! `GET /seller`: sales beside those of before, what waits, what is to be fixed.

use crate::guard::Me;
use crate::products::looked_at;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, day, money};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{DAY_MS, Money, Timestamp};
use souk_sellers::{DaySales, Fix};
use souk_webkit::Problem;

/// Days of the chart, and of the longer comparison.
const DAYS: i64 = 30;
/// The chart's box.
const WIDTH: i64 = 600;
const HEIGHT: i64 = 120;

#[derive(Serialize)]
struct View {
    today: Compared,
    month: Compared,
    balance: String,
    to_pack: u64,
    to_ship: u64,
    returns: u64,
    bars: Vec<Bar>,
    first: String,
    last: String,
    quiet: bool,
    problems: Vec<Trouble>,
    offers: usize,
    products: bool,
    partly: bool,
}

/// An amount beside the one of the period before.
#[derive(Serialize)]
struct Compared {
    amount: String,
    pieces: u64,
    change: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    says: String,
}

#[derive(Serialize)]
struct Trouble {
    name: &'static str,
    title: &'static str,
    how: &'static str,
    offers: usize,
    bad: bool,
}

/// Sums of a span of days.
fn sum(days: &[DaySales], from: Timestamp, to: Timestamp) -> (i64, u64) {
    let within = days.iter().filter(|day| day.day >= from && day.day < to);
    within.fold((0, 0), |sum, day| (sum.0 + day.minor, sum.1 + day.pieces))
}

/// `+12 %` against before; nothing to compare with says so.
fn change(now: i64, before: i64) -> (String, &'static str) {
    match (now, before) {
        (0, 0) => (String::from("as before"), ""),
        (_, ..=0) => (String::from("nothing before"), "good"),
        (now, before) => {
            let percent = i128::from(now - before) * 100 / i128::from(before);
            let tone = if percent < 0 { "bad" } else { "good" };
            let sign = if percent < 0 { "−" } else { "+" };
            (format!("{sign}{} %", percent.unsigned_abs()), tone)
        }
    }
}

fn compared(app: &App, (now, pieces): (i64, u64), (before, _): (i64, u64)) -> Compared {
    let (change, tone) = change(now, before);
    Compared { amount: money(Money::new(now, app.shop.currency)), pieces, change, tone }
}

fn bars(app: &App, days: &[DaySales], from: Timestamp) -> Vec<Bar> {
    let of = |at: i64| {
        let day = from.plus_ms(at * DAY_MS);
        days.iter().find(|sales| sales.day == day).map_or(0, |sales| sales.minor)
    };
    let most = (0..DAYS).map(of).max().unwrap_or(0).max(1);
    let slot = WIDTH / DAYS;
    let bar = |at: i64| {
        let minor = of(at);
        let tall = i128::from(HEIGHT) * i128::from(minor.max(0)) / i128::from(most);
        // A day with sales is seen, however small they are.
        let height = i64::try_from(tall).unwrap_or(HEIGHT).max(i64::from(minor > 0) * 2);
        let amount = money(Money::new(minor, app.shop.currency));
        let says = format!("{}: {amount}", day(from.plus_ms(at * DAY_MS)));
        Bar { x: at * slot + 2, y: HEIGHT - height, width: slot - 4, height, says }
    };
    (0..DAYS).map(bar).collect()
}

pub(crate) async fn show(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let today = Timestamp(app.clock.now().0.div_euclid(DAY_MS) * DAY_MS);
    let tomorrow = today.plus_ms(DAY_MS);
    let (from, before) =
        (today.plus_ms(-(DAYS - 1) * DAY_MS), today.plus_ms(-(2 * DAYS - 1) * DAY_MS));
    let days = app.books.store().sales(me.seller(), before).await?;
    let tally = app.books.store().tally(me.seller()).await?;
    let balance = app.books.store().balance(me.seller()).await?;
    let of_shop = balance.into_iter().find(|amount| amount.currency == app.shop.currency);
    let (products, partly) = looked_at(&app, &me).await?;
    let judged = || products.iter().flat_map(|(_, offers)| offers);
    let problem = |fix: Fix| {
        let offers = judged().filter(|offer| offer.health.fixes.contains(&fix)).count();
        let (title, how) = words::fix(fix);
        Trouble { name: fix.name(), title, how, offers, bad: fix.stops_buying() }
    };
    let said_above = |fix: &Fix| !matches!(fix, Fix::Suspended | Fix::NotApproved);
    let problems = Fix::ALL.into_iter().filter(said_above).map(problem);
    let view = View {
        today: compared(
            &app,
            sum(&days, today, tomorrow),
            sum(&days, today.plus_ms(-DAY_MS), today),
        ),
        month: compared(&app, sum(&days, from, tomorrow), sum(&days, before, from)),
        balance: money(of_shop.unwrap_or(Money::zero(app.shop.currency))),
        to_pack: tally.to_pack,
        to_ship: tally.to_ship,
        returns: tally.returns,
        bars: bars(&app, &days, from),
        first: day(from),
        last: day(today),
        quiet: sum(&days, from, tomorrow) == (0, 0),
        problems: problems.filter(|problem| problem.offers > 0).collect(),
        offers: judged().count(),
        products: !products.is_empty(),
        partly,
    };
    render::page(&app, &me, ("home.html", &Head::of("/seller", "Overview")), &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_said_against_what_was() {
        assert_eq!(change(112, 100), ("+12 %".into(), "good"));
        assert_eq!(change(50, 100), ("−50 %".into(), "bad"));
        assert_eq!(change(5, 0), ("nothing before".into(), "good"));
        assert_eq!(change(0, 0), ("as before".into(), ""));
    }
}
