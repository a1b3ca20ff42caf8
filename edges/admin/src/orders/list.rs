//! `GET /admin/orders`: filtered by state, searched by number, id or email address, in keyset pages.

use crate::csv;
use crate::form::Query;
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head, Tab};
use crate::state::App;
use crate::words::{self, When, moment, money, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{OrderId, Timestamp};
use souk_orders::{Order, OrderNumber, OrderState};
use souk_staff::{FindOrders, Permission, Sought};
use souk_webkit::Problem;

const ORDERS: List<'static> = List { path: "/admin/orders", filters: &["q", "state"] };

#[derive(Serialize)]
struct View {
    q: String,
    state: String,
    fault: &'static str,
    tabs: Vec<Tab>,
    orders: Vec<Row>,
    pager: Pager,
    email: bool,
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
    at: When,
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
pub(crate) fn sought(text: &str, may_see_emails: bool) -> Result<Option<Sought>, &'static str> {
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
    let before: Option<OrderId> = fields.get("after").parse().ok();
    let email = me.may(Permission::SeeCustomers);
    let (sought, fault) = match sought(&q, email) {
        Ok(sought) => (sought, ""),
        Err(fault) => (None, fault),
    };
    let mut ids = Vec::new();
    if fault.is_empty() {
        let find = FindOrders { sought, state, before, limit: list::reach(&fields) };
        ids = app.desk.find_orders(&find).await?;
    }
    if list::as_file(&fields) {
        return file(&app, &ids, email).await;
    }
    let next = list::cut(&mut ids, OrderId::to_string);
    let orders = app.saga.orders().orders(&ids).await?;
    let tab = |(title, of): (&'static str, Option<OrderState>)| Tab {
        title: title.to_owned(),
        href: ORDERS.with(&fields, "state", of.map_or("", OrderState::name)),
        here: of == state,
    };
    let now = app.clock.now();
    let view = View {
        tabs: TABS.map(tab).into(),
        state: state.map_or("", OrderState::name).to_owned(),
        fault,
        orders: orders.iter().flatten().map(|order| row(order, email, now)).collect(),
        pager: ORDERS.pager(&fields, next),
        email,
        q,
    };
    render::page(&app, &me, ("orders.html", &Head::of("/admin/orders", "Orders")), &view)
}

/// The same as a file; email addresses for those who may see them.
async fn file(app: &App, ids: &[OrderId], email: bool) -> Result<Response, Problem> {
    let orders = app.saga.orders().orders(ids).await?;
    let mut head = vec!["number", "id", "state", "total", "currency", "items", "placed"];
    if email {
        head.push("email");
    }
    let rows = orders.iter().flatten().map(|order| {
        let lines = order.quote.lines.iter().map(|line| u64::from(line.item.quantity));
        let mut cells = vec![
            order.number().to_string(),
            order.id.to_string(),
            order.state.name().to_owned(),
            order.total().decimal(),
            order.total().currency.code().to_owned(),
            lines.sum::<u64>().to_string(),
            moment(order.created_at),
        ];
        if email {
            cells.push(order.ship_to.as_ref().map(|to| to.email.clone()).unwrap_or_default());
        }
        cells
    });
    csv::respond("orders", &head, rows)
}

fn row(order: &Order, email: bool, now: Timestamp) -> Row {
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
        at: when(order.created_at, now),
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
