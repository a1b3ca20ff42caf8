//! `GET /admin`: how the shop is doing.

use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{money, span, thousands};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{DAY_MS, HOUR_MS, Money, Timestamp};
use souk_orders::OrderState;
use souk_staff::Hour;
use souk_webkit::Problem;

/// Hours in the chart.
const HOURS: i64 = 24;
/// As few pieces are worth a look.
const LOW: i64 = 5;
const LOW_ROWS: usize = 8;
/// The chart's box, and where its bars stand.
const CHART: (i64, i64) = (720, 150);

#[derive(Serialize)]
struct View {
    orders: String,
    revenue: String,
    failed: String,
    holding: String,
    paying: String,
    lag: String,
    lag_note: String,
    parked: String,
    chart: Chart,
    low: Vec<Shelf>,
}

#[derive(Serialize)]
struct Chart {
    width: i64,
    height: i64,
    base: i64,
    most: String,
    total: String,
    bars: Vec<Bar>,
}

#[derive(Serialize)]
struct Bar {
    x: i64,
    y: i64,
    width: i64,
    height: i64,
    says: String,
    /// Below the axis; empty for most.
    label: String,
}

#[derive(Serialize)]
struct Shelf {
    title: String,
    sku: String,
    left: i64,
}

fn is_sale(hour: &&Hour) -> bool {
    use OrderState::{Confirmed, Delivered, Shipped};
    matches!(hour.state, Confirmed | Shipped | Delivered)
}

pub(crate) async fn show(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let now = app.clock.now();
    let midnight = Timestamp(now.0 - now.0.rem_euclid(DAY_MS));
    let first_hour = Timestamp(now.0 - now.0.rem_euclid(HOUR_MS) - (HOURS - 1) * HOUR_MS);
    let figures = app.desk.figures(midnight.min(first_hour)).await?;
    let today = || figures.hours.iter().filter(|hour| hour.since >= midnight);
    let revenue: i64 = today().filter(is_sale).map(|hour| hour.minor).sum();
    let failed = today().filter(|hour| hour.state == OrderState::PaymentFailed);
    let lag = app.outbox.lag(now).await?;
    let parked = app.outbox.parked(1_000).await?.len();
    let low = app.desk.low_stock(LOW, LOW_ROWS).await?;
    let skus: Vec<_> = low.iter().map(|low| low.sku).collect();
    let offers = app.catalog.offers(&skus).await?;
    let shelf =
        |(low, offer): (&souk_staff::Low, Option<std::sync::Arc<souk_catalog::OfferView>>)| Shelf {
            title: offer.map_or_else(|| low.sku.to_string(), |offer| offer.title.to_string()),
            sku: low.sku.to_string(),
            left: low.available,
        };
    let waits = lag.count > 0;
    let view = View {
        orders: thousands(today().filter(is_sale).map(|hour| hour.orders).sum()),
        revenue: money(Money::new(revenue, app.shop.currency)),
        failed: thousands(failed.map(|hour| hour.orders).sum()),
        holding: thousands(figures.holding),
        paying: thousands(figures.paying),
        lag: if waits { span(lag.oldest_ms) } else { String::from("0 ms") },
        lag_note: format!("{} facts wait", thousands(lag.count)),
        parked: thousands(parked as u64),
        chart: chart(&figures.hours, first_hour),
        low: low.iter().zip(offers).map(shelf).collect(),
    };
    let mut head = Head::of("/admin", "Overview");
    head.refresh = 30;
    render::page(&app, &me, ("home.html", &head), &view)
}

/// Sales by hour as bars. Drawn here: no script, no library.
fn chart(hours: &[Hour], first: Timestamp) -> Chart {
    let sold = |hour: i64| {
        let since = first.plus_ms(hour * HOUR_MS);
        let of = hours.iter().filter(is_sale).filter(|h| h.since == since);
        (since, of.map(|h| h.orders).sum::<u64>())
    };
    let sold: Vec<(Timestamp, u64)> = (0..HOURS).map(sold).collect();
    let most = sold.iter().map(|(_, orders)| *orders).max().unwrap_or(0);
    let (width, height) = CHART;
    let base = height - 20;
    let step = width / HOURS;
    let bar = |(at, (since, orders)): (usize, &(Timestamp, u64))| {
        let of = i64::try_from(*orders).unwrap_or(i64::MAX);
        let scale = i64::try_from(most).unwrap_or(i64::MAX).max(1);
        // An hour with one order among thousands is still seen.
        let tall = if of == 0 { 0 } else { (of * (base - 14) / scale).max(2) };
        let clock = (since.0 / HOUR_MS).rem_euclid(24);
        Bar {
            x: at as i64 * step + 4,
            y: base - tall,
            width: step - 8,
            height: tall,
            says: format!(
                "{clock:02}:00 to {:02}:00 UTC: {} orders",
                (clock + 1) % 24,
                thousands(*orders)
            ),
            label: if at % 4 == 0 { format!("{clock:02}:00") } else { String::new() },
        }
    };
    let total = sold.iter().map(|(_, orders)| orders).sum();
    let bars = sold.iter().enumerate().map(bar).collect();
    Chart { width, height, base, most: thousands(most), total: thousands(total), bars }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_on_the_axis_and_count_sales_only() {
        let first = Timestamp(1_795_464_000_000);
        let hour = |at: i64, state, orders| Hour {
            since: first.plus_ms(at * HOUR_MS),
            state,
            orders,
            minor: 100,
        };
        let hours = [
            hour(0, OrderState::Confirmed, 1),
            hour(3, OrderState::Confirmed, 900),
            hour(3, OrderState::Shipped, 100),
            hour(5, OrderState::PaymentFailed, 7),
        ];
        let chart = chart(&hours, first);
        assert_eq!(chart.bars.len(), 24);
        assert_eq!((chart.most.as_str(), chart.total.as_str()), ("1,000", "1,001"));
        assert!(chart.bars.iter().all(|bar| bar.y + bar.height == chart.base));
        let tall = |at: usize| chart.bars[at].height;
        assert_eq!((tall(1), tall(5)), (0, 0));
        assert!(tall(3) > 100 && tall(0) >= 2);
    }
}
