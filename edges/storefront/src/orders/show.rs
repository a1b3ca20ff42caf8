//! `GET /orders/{number}`: what, where to, for how much, and how it stands. While it is being
//! confirmed the page says what is happening and looks again by itself.

use super::timeline::{Badge, Milestone, Step, badge, milestones, money, steps, waiting};
use super::waiting::Waiting;
use super::{again, parcels, send_back};
use super::{order_link, order_path, own};
use crate::cart::{Totals, totals};
use crate::checkout::{Line, review_path, why};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use crate::words::{decline_reason, moment};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Kind;
use souk_kernel::{OrderId, SECOND_MS};
use souk_orders::{Order, OrderState, ShipTo};
use souk_payments::Payment;
use souk_webkit::{Problem, Query, see_other};

#[derive(Serialize)]
pub(super) struct View {
    pub(super) number: String,
    placed: String,
    headline: &'static str,
    says: String,
    badge: Badge,
    waiting: bool,
    milestones: Vec<Milestone>,
    steps: Vec<Step>,
    lines: Vec<Line>,
    totals: Totals,
    pub(super) address: Vec<String>,
    pub(super) email: String,
    money: String,
    pub(super) parcels: Vec<parcels::Part>,
    pub(super) returns: Vec<parcels::Back>,
    can_send_back: bool,
    pub(super) can_cancel: bool,
    pub(super) can_buy_again: bool,
    /// Where the invoice is, once there is one.
    invoice: String,
    /// After "buy again": what is not sold any more.
    gone: Vec<String>,
    /// After "buy again": something is in the cart now.
    again: bool,
    /// Where another card can be tried.
    pub(super) retry: String,
    /// What the shopper must do.
    act: Option<Waiting>,
    pub(super) notice: &'static str,
    /// The notice tells of something that worked.
    pub(super) done: bool,
    /// The order's own link, for whoever has no account: opened by it, or a guest with a session.
    pub(super) link: String,
    /// Opened by that link: without what only the shopper may do.
    pub(super) by_link: bool,
    /// The day on which its person was removed.
    pub(super) erased: String,
}

pub(super) async fn show(
    State(app): State<App>,
    Path(number): Path<String>,
    Query(fields): Query,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let Some(caller) = visitor::known(&app, &headers).await? else {
        return visitor::sign_in_first(&format!("/orders/{number}"));
    };
    // Mails name an order by its id.
    if let Ok(id) = number.parse::<OrderId>() {
        app.saga.order_of(caller.user(), id).await?;
        return see_other(&order_path(id));
    }
    let order = own(&app, caller.user(), &number).await?;
    let payment = app.saga.parts().payments.payment(order.payment).await?;
    let waited = app.now().since(order.created_at);
    let notice = match fields.get("notice") {
        "late" => "It is too late to cancel this order.",
        "return" => "Your label is ready: put it on the box and hand it to the carrier.",
        _ => "",
    };
    let done = fields.get("notice") == "return";
    let parcels = app.parcels.of_order(order.id).await?;
    let mut view = lay_out(&order, payment.as_ref(), waited, notice);
    view.done = done;
    if let Some(all) = &parcels {
        view.parcels = parcels::parts(all, &order);
        view.returns = parcels::backs(all, &order);
        view.can_send_back = send_back::is_possible(&order, all, app.now());
        view.can_cancel &= !all.parcels.iter().any(souk_fulfillment::Parcel::has_left);
    }
    if !app.invoices.of_order(order.id).await?.is_empty() {
        view.invoice = format!("{}/invoice", order_path(order.id));
    }
    if !fields.get("again").is_empty() {
        view.gone = again::gone(&app, &order).await?;
        view.again = fields.get("again") == "some";
    }
    if caller.kind() == Kind::Guest {
        view.link = order_link(&app.links, order.id);
    }
    let mut head = Head::private(format!("Order {}", view.number));
    // Where the shopper's own step comes next there is nothing to look again for.
    if view.waiting && view.act.is_none() {
        head.refresh = if waited < 10 * SECOND_MS { 2 } else { 5 };
    }
    render::private(&app, "order.html", &head, &view)
}

pub(super) fn lay_out(
    order: &Order,
    payment: Option<&Payment>,
    waited: i64,
    notice: &'static str,
) -> View {
    let act = payment.and_then(|payment| Waiting::of(order, payment));
    let failed = order.state == OrderState::PaymentFailed;
    let (headline, says) = match &act {
        Some(act) => (act.headline, act.says.clone()),
        None => words(order, waited),
    };
    let waits = payment.filter(|_| act.is_some()).and_then(waiting);
    let to: Option<&ShipTo> = order.ship_to.as_deref();
    View {
        number: order.number().to_string(),
        placed: moment(order.created_at),
        headline,
        says,
        badge: waits.unwrap_or_else(|| badge(order.state)),
        waiting: order.state.is_open(),
        milestones: milestones(order),
        steps: steps(order),
        lines: order.quote.lines.iter().map(Line::of).collect(),
        totals: totals(&order.quote),
        address: to.map(|to| to.written().lines()).unwrap_or_default(),
        email: to.map_or_else(String::new, |to| to.email.clone()),
        money: money(order, payment),
        parcels: Vec::new(),
        returns: Vec::new(),
        can_send_back: false,
        can_buy_again: !order.state.is_open(),
        invoice: String::new(),
        gone: Vec::new(),
        again: false,
        can_cancel: order.state == OrderState::Confirmed || act.is_some(),
        retry: if failed { review_path(order.checkout) } else { String::new() },
        act,
        notice,
        done: false,
        link: String::new(),
        by_link: false,
        erased: String::new(),
    }
}

fn words(order: &Order, waited: i64) -> (&'static str, String) {
    match order.state {
        OrderState::Created | OrderState::PaymentPending => ("Confirming your order", {
            let says = if waited < 2 * SECOND_MS {
                "Your bank is being asked. This takes a moment."
            } else if waited < 10 * SECOND_MS {
                "Your bank has not answered yet. Your items are held, and this page looks again by \
                 itself."
            } else {
                "This takes longer than usual. You can close this page: the order ends confirmed \
                 or not at all, you are charged once at most, and we send you a mail."
            };
            says.to_owned()
        }),
        OrderState::PaymentFailed => {
            let reason = decline_reason(&why(order));
            ("The payment did not go through", format!("{reason} Nothing was charged."))
        }
        OrderState::Confirmed => {
            let to = order.ship_to.as_ref().map_or("", |to| to.city.as_str());
            let place = if to.is_empty() { String::new() } else { format!(" in {to}") };
            let when = order.quote.delivery();
            ("Thank you, it is yours", format!("It arrives{place} {when}. A mail is on its way."))
        }
        OrderState::Shipped => {
            ("It is on its way", format!("Expected {}.", order.quote.delivery()))
        }
        OrderState::Delivered => ("It has arrived", "We hope that you like it.".into()),
        OrderState::Cancelled => ("This order is cancelled", {
            let says = match why(order).as_str() {
                "timed_out" => {
                    "The payment did not come in time, so the items went back to the shelf. \
                     Nothing was kept."
                }
                "interrupted" => "It never came as far as your bank. Nothing was charged.",
                _ => "Nothing will be sent.",
            };
            says.to_owned()
        }),
    }
}
