//! `GET /admin/orders`: filtered by state, searched by number, id or email address, in keyset pages.

use crate::form::{Fields, Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, moment, money};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::OrderId;
use souk_orders::{Order, OrderNumber, OrderState};
use souk_staff::{FindOrders, Permission, Sought};
use souk_webkit::Problem;

const PER_PAGE: usize = 50;

#[derive(Serialize)]
struct View {
    q: String,
    state: String,
    fault: &'static str,
    tabs: Vec<Tab>,
    orders: Vec<Row>,
    older: String,
    newest: bool,
    email: bool,
}

#[derive(Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    here: bool,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    state: &'static str,
    tone: &'static str,
    total: String,
    what: String,
    email: String,
    at: String,
}

const TABS: [(&str, Option<OrderState>); 7] = [
    ("All", None),
    ("Being paid", Some(OrderState::PaymentPending)),
    ("Confirmed", Some(OrderState::Confirmed)),
    ("Shipped", Some(OrderState::Shipped)),
    ("Delivered", Some(OrderState::Delivered)),
    ("Failed", Some(OrderState::PaymentFailed)),
    ("Cancelled", Some(OrderState::Cancelled)),
];

/// What was typed: an order's number or id, or an email address for those who may see them.
fn sought(text: &str, may_see_emails: bool) -> Result<Option<Sought>, &'static str> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.contains('@') {
        let email = Sought::Email(text.to_lowercase());
        let no = "Your role does not include looking for email addresses.";
        return if may_see_emails { Ok(Some(email)) } else { Err(no) };
    }
    if let Ok(id) = text.trim_start_matches("order_").parse::<OrderId>() {
        return Ok(Some(Sought::Key(id.key())));
    }
    let number = text.parse::<OrderNumber>();
    let no = "That is neither an order's number nor its id nor an email address.";
    number.map(|number| Some(Sought::Key(number.key()))).map_err(|_| no)
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let q = fields.text("q");
    let state = OrderState::from_name(fields.get("state"));
    let before: Option<OrderId> = fields.get("before").parse().ok();
    let email = me.may(Permission::SeeCustomers);
    let (sought, fault) = match sought(&q, email) {
        Ok(sought) => (sought, ""),
        Err(fault) => (None, fault),
    };
    let mut ids = Vec::new();
    if fault.is_empty() {
        let find = FindOrders { sought, state, before, limit: PER_PAGE + 1 };
        ids = app.desk.find_orders(&find).await?;
    }
    let more = ids.len() > PER_PAGE;
    ids.truncate(PER_PAGE);
    let orders = app.saga.orders().orders(&ids).await?;
    let older = match ids.last() {
        Some(last) if more => address(&fields, state, &last.to_string()),
        _ => String::new(),
    };
    let tab = |(title, of): (&'static str, Option<OrderState>)| Tab {
        title,
        href: address(&fields, of, ""),
        here: of == state,
    };
    let view = View {
        tabs: TABS.map(tab).into(),
        state: state.map_or("", OrderState::name).to_owned(),
        fault,
        orders: orders.iter().flatten().map(|order| row(order, email)).collect(),
        older,
        newest: before.is_none(),
        email,
        q,
    };
    render::page(&app, &me, ("orders.html", &Head::of("/admin/orders", "Orders")), &view)
}

fn address(fields: &Fields, state: Option<OrderState>, before: &str) -> String {
    let state = state.map_or("", OrderState::name).to_owned();
    let pairs = [("q", fields.text("q")), ("state", state), ("before", before.to_owned())];
    href("/admin/orders", &pairs.map(|(name, value)| (name.to_owned(), value)))
}

fn row(order: &Order, email: bool) -> Row {
    let (state, tone) = words::state(order.state);
    let lines = &order.quote.lines;
    let first = lines.first().map_or("", |line| &line.item.title);
    let what = match lines.len() {
        0 | 1 => first.to_owned(),
        many => format!("{first} and {} more", many - 1),
    };
    let theirs = order.ship_to.as_ref().filter(|_| email);
    Row {
        href: format!("/admin/orders/{}", order.id),
        number: order.number().to_string(),
        state,
        tone,
        total: money(order.total()),
        what,
        email: theirs.map_or_else(String::new, |to| to.email.clone()),
        at: moment(order.created_at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_a_number_an_id_or_an_address() {
        let id: OrderId = "01938f2e-9f3b-7000-8000-000000000001".parse().unwrap();
        let key = Ok(Some(Sought::Key(id.key())));
        assert_eq!(sought(&id.to_string(), false), key);
        assert_eq!(sought(&format!("order_{id}"), false), key);
        assert_eq!(sought(&OrderNumber::of(id).to_string().to_lowercase(), false), key);
        assert_eq!(sought("Ada@x.de", true), Ok(Some(Sought::Email("ada@x.de".into()))));
        assert!(sought("ada@x.de", false).is_err());
        assert!(sought("kettle", true).is_err());
        assert_eq!(sought("", true), Ok(None));
    }
}
