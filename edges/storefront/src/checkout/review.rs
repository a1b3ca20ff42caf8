//! `GET /checkout/{id}`: exactly what will be charged, and until when it is held.

use super::checkout_id;
use super::show::Line;
use crate::cart::{Totals, totals};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::{card_end, card_name, decline_reason, minutes_left, span, time_of_day};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_inventory::{Hold, HoldState};
use souk_kernel::{CheckoutId, DAY_MS, OrderId, UserId};
use souk_orders::{Answer, CheckoutRecord, Order, OrderNumber, OrderState};
use souk_payments::{Method, SavedMethod};
use souk_webkit::{Fields, Problem, Query, see_other};

#[derive(Serialize)]
struct View {
    id: String,
    lines: Vec<Line>,
    totals: Totals,
    address: Vec<String>,
    email: String,
    /// Where the invoice goes, if it is elsewhere.
    bill_to: Vec<String>,
    method: &'static str,
    pay: String,
    /// Names this try to pay; see [`super::pay`].
    key: String,
    ways: Vec<Way>,
    total_minor: i64,
    total_currency: String,
    deadline: String,
    deadline_iso: String,
    minutes: i64,
    /// Why an earlier try did not go through.
    declined: &'static str,
    message: &'static str,
}

/// A way to pay.
#[derive(Serialize)]
struct Way {
    value: String,
    label: String,
    says: String,
    checked: bool,
}

/// Every way to pay: the cards that the shopper keeps, then a card, then the others.
fn ways(app: &App, kept: &[SavedMethod]) -> Vec<Way> {
    let settings = &app.saga.parts().settings;
    let days = settings.transfer_ms / DAY_MS;
    let keeps = match days {
        0 => "Your items are kept until it comes.".into(),
        1 => "Your items are kept for a day.".into(),
        days => format!("Your items are kept for {days} days."),
    };
    let way = |method: Method, label: &str, says: &str| Way {
        value: method.name().to_owned(),
        label: label.to_owned(),
        says: says.to_owned(),
        checked: method == Method::Card && kept.is_empty(),
    };
    let mine = kept.iter().map(|method| Way {
        value: format!("saved_{}", method.id),
        label: card_name(&method.face),
        says: format!("Good until {}. Paid at once.", card_end(&method.face)),
        checked: method.is_default,
    });
    let fresh = if kept.is_empty() { "Card" } else { "Another card" };
    let others = [
        way(Method::Card, fresh, "Entered on the payment provider’s own page."),
        way(Method::Wallet, "Wallet", "Confirmed in your wallet’s app."),
        way(Method::BankTransfer, "Bank transfer", &format!("You send the money. {keeps}")),
    ];
    mine.chain(others).collect()
}

#[derive(Serialize)]
struct Expired {
    title: &'static str,
    message: String,
}

/// What became of a checkout whose items are no longer held.
fn ended(app: &App, record: &CheckoutRecord, hold: Option<&Hold>) -> Result<Response, Problem> {
    let given_back = |hold: &Hold| matches!(hold.state, HoldState::Released | HoldState::Restocked);
    let (title, why) = if hold.is_some_and(given_back) {
        let why = "Its items are no longer held: you went back to your cart, began another checkout, \
                   or its order was cancelled.";
        ("This checkout is closed", why.to_owned())
    } else {
        let held = span(record.deadline.since(record.created_at));
        ("Time is up", format!("We held your items for {held}, and that time is over."))
    };
    let where_they_are = match record.cart_version {
        Some(_) => "What you did not order is still in your cart.",
        None => "Nothing was ordered.",
    };
    let view = Expired { title, message: format!("{why} {where_they_are}") };
    render::private(app, "expired.html", &Head::calm(title), &view)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let id = checkout_id(&id)?;
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&super::review_path(id));
    };
    let record = app.saga.checkout(caller.user(), id).await?;
    if let Some(order) = app.saga.orders().live_order(id).await? {
        return see_other(&format!("/orders/{}", OrderNumber::of(order)));
    }
    let hold = app.saga.parts().stock.hold(record.id).await?;
    if !is_held(&app, &record, hold.as_ref()) {
        return ended(&app, &record, hold.as_ref());
    }
    let declined = declined(&app, caller.user(), id, &fields).await?;
    let message = match fields.get("notice") {
        "total" => "The total on your page was out of date. This is what will be charged.",
        "away" => "The payment page can't be opened right now. Nothing was charged. Try again.",
        "transfers" => {
            "As many of your orders as may wait for a transfer are waiting. Pay or cancel one of them first, \
             or pay in another way. Nothing was ordered."
        }
        "card" => "The payment page sent nothing that we could use. Nothing was charged.",
        _ => "",
    };
    let kept = app.methods.of_user(caller.user()).await?;
    let mut view = lay_out(&app, &record, declined, message);
    view.ways = ways(&app, &kept);
    render::private(&app, "review.html", &Head::calm("Review and pay"), &view)
}

/// Whether the stock is still there for this checkout.
fn is_held(app: &App, record: &CheckoutRecord, hold: Option<&Hold>) -> bool {
    let alive = hold.is_some_and(|hold| matches!(hold.state, HoldState::Held | HoldState::Paying));
    alive && app.now() < record.deadline
}

async fn declined(
    app: &App,
    user: UserId,
    checkout: CheckoutId,
    fields: &Fields,
) -> Result<&'static str, Problem> {
    let Ok(order) = fields.parsed::<OrderId>("declined") else { return Ok("") };
    match app.saga.order_of(user, order).await {
        Ok(order) if order.checkout == checkout && order.state == OrderState::PaymentFailed => {
            Ok(decline_reason(&why(&order)))
        }
        Ok(_) | Err(souk_orders::PlaceRefusal::NotFound(_)) => Ok(""),
        Err(refusal) => Err(refusal.into()),
    }
}

/// Why a try failed: what its saga recorded last, else what was answered.
pub fn why(order: &Order) -> String {
    let last = order.moves.last().map(|step| step.why.clone()).unwrap_or_default();
    match &order.answer {
        Some(Answer::Declined { reason }) if last.is_empty() => reason.clone(),
        _ => last,
    }
}

fn lay_out(
    app: &App,
    record: &CheckoutRecord,
    declined: &'static str,
    message: &'static str,
) -> View {
    let (quote, bill_to) = (&record.quote, record.ship_to.bill_to.as_ref());
    View {
        id: record.id.to_string(),
        lines: quote.lines.iter().map(Line::of).collect(),
        totals: totals(quote),
        address: record.ship_to.written().lines(),
        email: record.ship_to.email.clone(),
        bill_to: bill_to.map(|to| to.written().lines()).unwrap_or_default(),
        method: quote.shipping_method.name(),
        pay: format!("Pay {}", quote.total),
        key: app.fresh_key(),
        ways: Vec::new(),
        total_minor: quote.total.minor,
        total_currency: quote.total.currency.code().to_owned(),
        deadline: time_of_day(record.deadline),
        deadline_iso: record.deadline.rfc3339(),
        minutes: minutes_left(app.now(), record.deadline),
        declined,
        message,
    }
}
