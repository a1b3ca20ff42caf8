//! `GET /admin`: how the shop is doing, beside how it did before, and what needs somebody now.

mod chart;

use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{money, span, thousands};
use axum::extract::State;
use axum::response::Response;
use chart::{Chart, HOURS, Of};
use serde::Serialize;
use souk_catalog::HOUSE_SELLER;
use souk_kernel::{DAY_MS, HOUR_MS, MINUTE_MS, Money, Timestamp};
use souk_staff::{Begun, ParcelTally, Permission, Worth};
use souk_webkit::Problem;

/// As few pieces are worth a look.
const LOW: i64 = 5;
const LOW_ROWS: usize = 8;
/// What is counted up to: beyond it more than one person is needed anyway.
const MANY: usize = 1_000;

#[derive(Serialize)]
struct View {
    figures: Vec<Figure>,
    needs: Vec<Need>,
    charts: [Chart; 2],
    low: Vec<Shelf>,
    queues: Vec<Figure>,
}

#[derive(Serialize, Default)]
struct Figure {
    label: &'static str,
    value: String,
    /// Beside what came before: `+12 %`, with its tone; empty when there is nothing to compare with.
    change: String,
    tone: &'static str,
    then: String,
    href: &'static str,
    /// What is counted, and of when.
    means: &'static str,
}

#[derive(Serialize)]
struct Need {
    href: &'static str,
    says: String,
    tone: &'static str,
}

#[derive(Serialize)]
struct Shelf {
    title: String,
    sku: String,
    left: i64,
}

/// How much more that is than before, in percent.
fn change(now: i64, before: i64) -> String {
    if before == 0 {
        return String::new();
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before.abs());
    format!("{percent:+} %")
}

/// A share in percent, one digit behind the point; a dash of nothing.
fn share(of: u64, all: u64) -> String {
    if all == 0 {
        return String::from("–");
    }
    let tenths = u128::from(of) * 1_000 / u128::from(all);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// Two moments of one length, this one and the one before.
struct Both {
    now: Begun,
    before: Begun,
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn figures(minute: &Begun, both: &Both, app: &App) -> Vec<Figure> {
    let Both { now, before } = both;
    let worth = |minor| money(Money::new(minor, app.shop.currency));
    let up = |now: i64, before: i64| if now >= before { "up" } else { "down" };
    let (paid, paid_before) = (signed(now.paid), signed(before.paid));
    vec![
        Figure {
            label: "Revenue today",
            value: worth(now.minor),
            change: change(now.minor, before.minor),
            tone: up(now.minor, before.minor),
            then: format!("{} by this time yesterday", worth(before.minor)),
            href: "/admin/orders",
            means: "The totals, with shipping and tax, of the paid orders that were placed since \
                    00:00 UTC. Cancelled orders are left out; what was refunded since is not taken off.",
        },
        Figure {
            label: "Orders today",
            value: thousands(now.paid),
            change: change(paid, paid_before),
            tone: up(paid, paid_before),
            then: format!("{} by this time yesterday", thousands(before.paid)),
            href: "/admin/orders",
            means: "Paid orders that were placed since 00:00 UTC and are not cancelled.",
        },
        Figure {
            label: "Orders in the last minute",
            value: thousands(minute.paid),
            then: format!("of {} tries to pay", thousands(minute.tries)),
            means: "Paid orders that were placed in the last 60 seconds.",
            ..Figure::default()
        },
        Figure {
            label: "Checkout conversion",
            value: share(now.paid, now.checkouts),
            then: format!(
                "of {} checkouts; {} by this time yesterday",
                thousands(now.checkouts),
                share(before.paid, before.checkouts)
            ),
            means: "Of the checkouts that somebody started or tried to pay since 00:00 UTC, those that \
                    ended in a paid order; each counts once, however many cards it took. Visits \
                    without a checkout are not counted.",
            ..Figure::default()
        },
        Figure {
            label: "Payments refused",
            value: share(now.failed, now.tries),
            then: format!(
                "of {} tries; {} by this time yesterday",
                thousands(now.tries),
                share(before.failed, before.tries)
            ),
            href: "/admin/payments?state=declined",
            means: "Of all tries to pay since 00:00 UTC, those that the gateway declined. One checkout \
                    can have several.",
            ..Figure::default()
        },
    ]
}

async fn queues(app: &App, now: Timestamp) -> Result<(Vec<Figure>, u64), Problem> {
    let lag = app.outbox.lag(now).await?;
    let backlog = app.inbox.backlog(now).await?;
    let open = app.saga.orders().due(MANY).await?.len() as u64;
    let parked = app.outbox.parked(MANY).await?.len() as u64 + backlog.parked;
    let queue = |label, count: u64, then| Figure {
        label,
        value: thousands(count),
        then,
        href: "/admin/jobs",
        ..Figure::default()
    };
    let oldest =
        |ms| if ms > 0 { format!("oldest {}", span(ms)) } else { String::from("none late") };
    let queues = vec![
        queue(
            "Facts on their way",
            lag.count,
            oldest(if lag.count > 0 { lag.oldest_ms } else { 0 }),
        ),
        queue("Gateways' messages", backlog.waiting, oldest(backlog.oldest_ms)),
        queue("Orders for recovery", open, String::from("nobody's lease holds")),
    ];
    Ok((queues, parked))
}

/// What somebody must do, the worst first.
fn needs(
    parked: u64,
    short: usize,
    ill: &[String],
    (worth, parcels): (&Worth, &ParcelTally),
) -> Vec<Need> {
    let many = |count: u64, one: &str, more: &str| match count {
        0 => None,
        1 => Some(format!("1 {one}")),
        count => Some(format!("{} {more}", thousands(count))),
    };
    let found = [
        (
            "/admin/health",
            (!ill.is_empty()).then(|| format!("Not well: {}", ill.join(", "))),
            "bad",
        ),
        ("/admin/jobs", many(parked, "fact is parked", "facts are parked"), "bad"),
        (
            "/admin/stock?only=short",
            many(short as u64, "shelf is short of promises", "shelves are short of promises"),
            "bad",
        ),
        (
            "/admin/parcels?stage=failed",
            many(parcels.failed, "parcel found nobody", "parcels found nobody"),
            "bad",
        ),
        (
            if parcels.to_pack > 0 { "/admin/parcels" } else { "/admin/parcels?stage=to_ship" },
            many(
                parcels.to_pack + parcels.to_ship,
                "parcel of the shop is to be sent",
                "parcels of the shop are to be sent",
            ),
            if parcels.late > 0 { "bad" } else { "wait" },
        ),
        (
            "/admin/reviews",
            many(worth.reported, "review is reported", "reviews are reported"),
            "wait",
        ),
        (
            "/admin/reviews?show=held",
            many(worth.held, "review waits for you", "reviews wait for you"),
            "wait",
        ),
        (
            "/admin/returns",
            many(
                worth.returns,
                "return is on its way or to inspect",
                "returns are on their way or to inspect",
            ),
            "wait",
        ),
        (
            "/admin/payments/refunds?open=yes",
            many(
                worth.refunds,
                "refund is not with its shopper yet",
                "refunds are not with their shoppers yet",
            ),
            "wait",
        ),
    ];
    let need =
        |(href, says, tone): (_, Option<String>, _)| says.map(|says| Need { href, says, tone });
    found.into_iter().filter_map(need).collect()
}

async fn low(app: &App) -> Result<Vec<Shelf>, Problem> {
    let low = app.desk.low_stock(LOW, LOW_ROWS).await?;
    let skus: Vec<_> = low.iter().map(|low| low.sku).collect();
    let offers = app.catalog.offers(&skus).await?;
    let shelf =
        |(low, offer): (&souk_staff::Low, Option<std::sync::Arc<souk_catalog::OfferView>>)| Shelf {
            title: offer.map_or_else(|| low.sku.to_string(), |offer| offer.title.to_string()),
            sku: low.sku.to_string(),
            left: low.available,
        };
    Ok(low.iter().zip(offers).map(shelf).collect())
}

pub(crate) async fn show(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let now = app.clock.now();
    let midnight = Timestamp(now.0 - now.0.rem_euclid(DAY_MS));
    let both = Both {
        now: app.desk.begun(midnight, now.plus_ms(1)).await?,
        before: app.desk.begun(midnight.plus_ms(-DAY_MS), now.plus_ms(1 - DAY_MS)).await?,
    };
    let minute = app.desk.begun(now.plus_ms(-MINUTE_MS), now.plus_ms(1)).await?;
    let first = Timestamp(now.0 - now.0.rem_euclid(HOUR_MS) - (HOURS - 1) * HOUR_MS);
    let hours = app.desk.figures(first.plus_ms(-DAY_MS)).await?.hours;
    let (queues, parked) = queues(&app, now).await?;
    let short = app.desk.shortages(MANY).await?.len();
    let ill = app.vitals.signs().await.into_iter().filter(|sign| !sign.well);
    let ill: Vec<String> = ill.map(|sign| sign.name).collect();
    let mut worth = app.desk.worth().await?;
    let parcels = app.desk.parcel_tally(Some(HOUSE_SELLER), now).await?;
    if !me.may(Permission::Moderate) {
        (worth.reported, worth.held) = (0, 0);
    }
    let charts =
        [Of::Orders, Of::Revenue(app.shop.currency)].map(|of| chart::draw(of, &hours, first));
    let view = View {
        figures: figures(&minute, &both, &app),
        needs: needs(parked, short, &ill, (&worth, &parcels)),
        charts,
        low: low(&app).await?,
        queues,
    };
    render::page(&app, &me, ("home.html", &Head::of("/admin", "Overview")), &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_compared_with_nothing_says_nothing() {
        assert_eq!((change(150, 100), change(50, 100)), ("+50 %".into(), "-50 %".into()));
        assert_eq!(change(150, 0), "");
        assert_eq!((share(1, 3), share(0, 0)), ("33.3 %".into(), "–".into()));
    }

    #[test]
    fn only_what_needs_somebody_is_said() {
        let none = ParcelTally::default();
        assert!(needs(0, 0, &[], (&Worth::default(), &none)).is_empty());
        let worth = Worth { returns: 1, reported: 2_000, ..Worth::default() };
        let parcels = ParcelTally { to_pack: 1, to_ship: 1, failed: 1, travelling: 9, late: 0 };
        let said = needs(1, 0, &[String::from("Search")], (&worth, &parcels));
        let said: Vec<_> = said.iter().map(|need| need.says.as_str()).collect();
        let want = [
            "Not well: Search",
            "1 fact is parked",
            "1 parcel found nobody",
            "2 parcels of the shop are to be sent",
            "2,000 reviews are reported",
            "1 return is on its way or to inspect",
        ];
        assert_eq!(said, want);
    }
}
