//! `GET /admin/orders/{order}/explain`: everything that was written of an order, on one axis of time: the
//! shopper's intents, the order's moves, its parcels and returns, the ledgers of stock,
//! money and sellers, invoices and credit notes, our words with the gateway and its own books, facts
//! that wait, mails, what members did.

use super::find;
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, When, money, span, to_the_millisecond, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::port::Erased;
use souk_fulfillment::{Fulfillment, ParcelState};
use souk_kernel::{Aggregate, Timestamp};
use souk_notifications::Page;
use souk_orders::{Actor, Order};
use souk_payments::{Payment, Refund};
use souk_staff::{Moment, Permission, Source};
use souk_webkit::Problem;

/// Mails about one order that are shown.
const MAILS: u32 = 100;

#[derive(Serialize)]
struct View {
    id: String,
    number: String,
    state: &'static str,
    tone: &'static str,
    began: When,
    took: String,
    rows: Vec<Row>,
    /// Books that could not be read.
    missing: String,
    waits: bool,
}

#[derive(Serialize)]
struct Row {
    when: String,
    after: String,
    kind: &'static str,
    source: &'static str,
    what: String,
    detail: String,
}

pub(crate) async fn explain(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let order = find(&app, &id).await?;
    let payments = &app.saga.parts().payments;
    let mut moments = app.desk.traces(&order).await?;
    moments.extend(moves(&order));
    if let Some(all) = app.parcels.of_order(order.id).await? {
        moments.extend(parcel_moments(&all));
    }
    if let Some(payment) = payments.payment(order.payment).await? {
        moments.extend(payment_moments(&payment));
        let refunds = payments.refunds(payment.id).await?;
        moments.extend(refunds.iter().map(refund_moment));
    }
    let mut missing = String::new();
    match app.books.lines(&souk_payments::reference(order.id)).await {
        Ok(lines) => moments.extend(lines.into_iter().map(|line| Moment {
            at: line.at,
            source: Source::Gateway,
            what: format!("gateway: {}", line.what),
            detail: line.detail,
        })),
        Err(error) => missing = error.to_string(),
    }
    let about = Some(Aggregate(order.id.uuid()));
    let mails = app.mailbox.list(Page { before: None, about, user: None, limit: MAILS }).await?;
    let people = me.may(Permission::SeeCustomers);
    moments.extend(mails.into_iter().map(|mail| Moment {
        at: mail.created_at,
        source: Source::Mail,
        what: mail.kind.name().to_owned(),
        detail: match (people, mail.is_erased()) {
            (_, true) => String::from("its words are gone with its person"),
            (true, false) => format!("to {}", mail.to),
            (false, false) => String::new(),
        },
    }));
    moments.extend(app.accounts.erased(order.user).await?.into_iter().flat_map(gone));
    let view = lay_out(&order, moments, missing);
    let head = Head::of("/admin/orders", format!("Explain {}", view.number));
    render::page(&app, &me, ("explain.html", &head), &view)
}

fn lay_out(order: &Order, mut moments: Vec<Moment>, missing: String) -> View {
    moments.sort_by_key(|moment| (moment.at, moment.source));
    let first = moments.first().map_or(order.created_at, |moment| moment.at);
    let last = moments.last().map_or(order.created_at, |moment| moment.at);
    let waits = moments.iter().any(|moment| moment.source == Source::Fact);
    let (state, tone) = words::state(order.state);
    View {
        id: order.id.to_string(),
        number: order.number().to_string(),
        state,
        tone,
        began: when(first, first),
        took: span(last.since(first)),
        rows: moments.into_iter().map(|moment| row(moment, first)).collect(),
        missing,
        waits,
    }
}

fn row(moment: Moment, first: Timestamp) -> Row {
    let (kind, source) = match moment.source {
        Source::Claim => ("order", "Intent"),
        Source::Order => ("order", "Order"),
        Source::Parcel => ("stock", "Parcels"),
        Source::Stock => ("stock", "Stock ledger"),
        Source::Money => ("money", "Money"),
        Source::Books => ("money", "Seller ledger"),
        Source::Document => ("money", "Documents"),
        Source::Gateway => ("gateway", "Gateway"),
        Source::Fact => ("told", "Outbox"),
        Source::Mail => ("told", "Mail"),
        Source::Audit => ("told", "Audit"),
    };
    Row {
        when: to_the_millisecond(moment.at),
        after: format!("+{}", span(moment.at.since(first))),
        kind,
        source,
        what: moment.what,
        detail: moment.detail,
    }
}

/// The person went: that alone is kept.
fn gone(erased: Erased) -> Vec<Moment> {
    let moment = |at, what: &str| Moment {
        at,
        source: Source::Order,
        what: what.to_owned(),
        detail: String::from("by the shopper"),
    };
    let done = erased.done.map(|at| moment(at, "nothing personal is left anywhere"));
    std::iter::once(moment(erased.asked, "personal data removed")).chain(done).collect()
}

fn moves(order: &Order) -> Vec<Moment> {
    let by = |actor| match actor {
        Actor::Shopper => "by the shopper",
        Actor::Saga => "by the purchase",
        Actor::Recovery => "by recovery",
        Actor::Staff => "by staff",
    };
    let one = |step: &souk_orders::Move| Moment {
        at: step.at,
        source: Source::Order,
        what: step.to.name().to_owned(),
        detail: if step.why.is_empty() {
            by(step.by).to_owned()
        } else {
            format!("{}: {}", by(step.by), step.why)
        },
    };
    order.moves.iter().map(one).collect()
}

/// Every scan of every parcel, and every step of what comes back.
fn parcel_moments(all: &Fulfillment) -> Vec<Moment> {
    let moment = |at, what, detail| Moment { at, source: Source::Parcel, what, detail };
    let scans = all.parcels.iter().flat_map(|parcel| {
        let carrier = parcel.carrier.as_ref().map(|name| format!("{name} ")).unwrap_or_default();
        let under = format!("{carrier}{}", parcel.tracking_number(all.order));
        parcel.scans.iter().map(move |scan| {
            let what = format!("parcel {} {}", parcel.no, scan.state.name());
            // Who carries it, and how it is called, is known from the moment that it leaves.
            let left = scan.state == ParcelState::PickedUp;
            moment(scan.at, what, if left { under.clone() } else { String::new() })
        })
    });
    let steps = all.returns.iter().flat_map(|back| {
        let pieces: u32 = back.lines.iter().map(|line| line.quantity).sum();
        back.steps.iter().map(move |step| {
            let what = format!("return {}", step.state.name());
            let many = if pieces == 1 { "piece" } else { "pieces" };
            let why = back.reason.name().replace('_', " ");
            moment(step.at, what, format!("{pieces} {many}, {why}"))
        })
    });
    scans.chain(steps).collect()
}

fn payment_moments(payment: &Payment) -> Vec<Moment> {
    let began = Moment {
        at: payment.created_at,
        source: Source::Money,
        what: String::from("attempt recorded"),
        detail: format!(
            "{} by {} at {}; {} now",
            money(payment.amount),
            payment.method.name(),
            payment.gateway,
            payment.state.name()
        ),
    };
    let captured = payment.captured_at.map(|at| Moment {
        at,
        source: Source::Money,
        what: String::from("captured"),
        detail: format!("of {}", money(payment.amount)),
    });
    std::iter::once(began).chain(captured).collect()
}

fn refund_moment(refund: &Refund) -> Moment {
    Moment {
        at: refund.created_at,
        source: Source::Money,
        what: String::from("refund set aside"),
        detail: format!("{}, {}: {} now", money(refund.amount), refund.reason, refund.state.name()),
    }
}
