//! `GET /seller/orders`: by stage, in keyset pages, the newest first.

use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, When, money, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{OrderId, Timestamp};
use souk_orders::{Order, OrderNumber};
use souk_sellers::port::{FindOrders, Which};
use souk_sellers::{SellerOrder, Stage};
use souk_webkit::Problem;

const PER_PAGE: usize = 30;

#[derive(Serialize)]
struct View {
    tabs: Vec<Tab>,
    orders: Vec<Row>,
    older: String,
    newest: bool,
}

#[derive(Serialize)]
struct Tab {
    title: &'static str,
    href: String,
    here: bool,
    count: u64,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    what: String,
    pieces: u32,
    total: String,
    stage: &'static str,
    tone: &'static str,
    returns: u32,
    at: When,
}

const TABS: [(&str, &str, Which); 7] = [
    ("All", "", Which::All),
    ("To pack", "to_pack", Which::At(Stage::ToPack)),
    ("To ship", "to_ship", Which::At(Stage::ToShip)),
    ("Shipped", "shipped", Which::At(Stage::Shipped)),
    ("Delivered", "delivered", Which::At(Stage::Delivered)),
    ("Returns", "returns", Which::Returns),
    ("Cancelled", "cancelled", Which::At(Stage::Cancelled)),
];

fn row(found: &SellerOrder, order: Option<&Order>, me: &Me, now: Timestamp) -> Row {
    let own = order.iter().flat_map(|order| &order.quote.lines);
    let titles: Vec<&str> =
        own.filter(|line| line.item.seller == me.seller()).map(|line| &*line.item.title).collect();
    let what = match titles[..] {
        [] => String::new(),
        [only] => only.to_owned(),
        [first, ..] => format!("{first} and {} more", titles.len() - 1),
    };
    let (stage, tone) = words::stage(found.stage);
    Row {
        href: format!("/seller/orders/{}", found.order),
        number: OrderNumber::of(found.order).to_string(),
        what,
        pieces: found.pieces,
        total: money(found.total),
        stage,
        tone,
        returns: found.returns,
        at: when(found.placed, now),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let asked = fields.get("show");
    let tab = TABS.iter().find(|(_, name, _)| *name == asked).unwrap_or(&TABS[0]);
    let before: Option<OrderId> = fields.get("before").parse().ok();
    let find = FindOrders { seller: me.seller(), which: tab.2, before, limit: PER_PAGE + 1 };
    let mut found = app.books.store().orders(find).await?;
    let more = found.len() > PER_PAGE;
    found.truncate(PER_PAGE);
    let ids: Vec<OrderId> = found.iter().map(|row| row.order).collect();
    let orders = app.orders.orders(&ids).await?;
    let tally = app.books.store().tally(me.seller()).await?;
    let address = |name: &str, before: String| {
        href("/seller/orders", &[("show".into(), name.to_owned()), ("before".into(), before)])
    };
    let older = match ids.last() {
        Some(last) if more => address(tab.1, last.to_string()),
        _ => String::new(),
    };
    let count = |which: Which| match which {
        Which::At(Stage::ToPack) => tally.to_pack,
        Which::At(Stage::ToShip) => tally.to_ship,
        Which::Returns => tally.returns,
        _ => 0,
    };
    let now = app.clock.now();
    let row = |(f, order): (&SellerOrder, &Option<Order>)| row(f, order.as_ref(), &me, now);
    let view = View {
        tabs: TABS
            .map(|(title, name, which)| Tab {
                title,
                href: address(name, String::new()),
                here: name == tab.1,
                count: count(which),
            })
            .into(),
        orders: found.iter().zip(&orders).map(row).collect(),
        older,
        newest: before.is_none(),
    };
    render::page(&app, &me, ("orders.html", &Head::of("/seller/orders", "Orders")), &view)
}
