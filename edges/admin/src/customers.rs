//! Who buys: accounts found by email address or name, and one of them with its orders and devices.

use crate::csv;
use crate::form::{Query, href};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{self, When, moment, money, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{Kind, Principal, Session, User};
use souk_kernel::{OrderId, SessionId, Timestamp, UserId};
use souk_orders::Order;
use souk_staff::{Act, Change, FindCustomers, Permission};
use souk_webkit::{Problem, see_other};

const CUSTOMERS: List<'static> = List { path: "/admin/customers", filters: &["q"] };
/// Orders on somebody's page.
const ORDERS: usize = 50;

#[derive(Serialize)]
struct View {
    q: String,
    customers: Vec<Row>,
    pager: Pager,
}

#[derive(Serialize)]
struct Row {
    id: String,
    email: String,
    name: String,
    since: When,
}

fn row(user: &User, now: Timestamp) -> Row {
    Row {
        id: user.id.to_string(),
        email: user.email.as_ref().map(ToString::to_string).unwrap_or_default(),
        name: user.name.clone().unwrap_or_default(),
        since: when(user.created, now),
    }
}

/// `GET /admin/customers`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let q = fields.text("q");
    let before: Option<UserId> = fields.get("after").parse().ok();
    let find = FindCustomers { text: q.clone(), before, limit: list::reach(&fields) };
    let mut found = app.desk.find_customers(&find).await?;
    let now = app.clock.now();
    if list::as_file(&fields) {
        let rows = found.iter().map(|user| {
            let row = row(user, now);
            vec![row.id, row.email, row.name, moment(user.created)]
        });
        return csv::respond("customers", &["id", "email", "name", "since"], rows);
    }
    let next = list::cut(&mut found, |user| user.id.to_string());
    let view = View {
        q,
        customers: found.iter().map(|user| row(user, now)).collect(),
        pager: CUSTOMERS.pager(&fields, next),
    };
    render::page(&app, &me, ("customers.html", &Head::of("/admin/customers", "Customers")), &view)
}

#[derive(Serialize)]
struct One {
    row: Row,
    kind: &'static str,
    address: Vec<String>,
    orders: Vec<Bought>,
    spent: String,
    by_email: String,
    sessions: Vec<Device>,
    may: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Bought {
    id: String,
    number: String,
    state: &'static str,
    tone: &'static str,
    total: String,
    at: When,
}

#[derive(Serialize)]
struct Device {
    id: String,
    since: When,
    until: String,
}

/// A principal who stands for somebody else: for reading and ending their sessions.
fn stands_for(user: &User) -> Principal {
    Principal { user: user.id, kind: user.kind, session: SessionId::from_uuid(user.id.uuid()) }
}

async fn find(app: &App, id: &str) -> Result<std::sync::Arc<souk_accounts::Profile>, Problem> {
    let missing = || Problem::not_found("There is no such customer.");
    let id: UserId = id.parse().map_err(|_| missing())?;
    app.accounts.profile(id).await.map_err(|_| missing())
}

/// `GET /admin/customers/{customer}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let profile = find(&app, &id).await?;
    let (user, now) = (&profile.user, app.clock.now());
    let listed = app.saga.orders().of_user(user.id, None, ORDERS).await?;
    let ids: Vec<OrderId> = listed.iter().map(|order| order.id).collect();
    let orders = app.saga.orders().orders(&ids).await?;
    let sessions = app.accounts.sessions(&stands_for(user)).await?;
    let device = |session: &Session| Device {
        id: session.id.to_string(),
        since: when(session.created, now),
        until: words::day(session.expires),
    };
    let paid = orders.iter().flatten().filter(|order| is_paid(order));
    let spent: i64 = paid.map(|order| order.total().minor).sum();
    let view = One {
        row: row(user, now),
        kind: match (user.kind, user.verified) {
            (Kind::Guest, _) => "guest",
            (Kind::Customer, true) => "account, address proven",
            (Kind::Customer, false) => "account, address not proven",
        },
        address: profile.address.as_ref().map(|to| to.written().lines()).unwrap_or_default(),
        orders: orders.iter().flatten().map(|order| bought(order, now)).collect(),
        by_email: user.email.as_ref().map_or_else(String::new, |email| {
            href("/admin/orders", &[(String::from("q"), email.to_string())])
        }),
        spent: money(souk_kernel::Money::new(spent, app.shop.currency)),
        sessions: sessions.iter().map(device).collect(),
        may: me.may(Permission::HelpCustomers),
        done: if fields.get("done").is_empty() { "" } else { "Signed out on every device." },
    };
    let title =
        if view.row.email.is_empty() { String::from("Guest") } else { view.row.email.clone() };
    render::page(&app, &me, ("customer.html", &Head::of("/admin/customers", title)), &view)
}

fn is_paid(order: &Order) -> bool {
    use souk_orders::OrderState::{Confirmed, Delivered, Shipped};
    matches!(order.state, Confirmed | Shipped | Delivered)
}

fn bought(order: &Order, now: Timestamp) -> Bought {
    let (state, tone) = words::state(order.state);
    Bought {
        id: order.id.to_string(),
        number: order.number().to_string(),
        state,
        tone,
        total: money(order.total()),
        at: when(order.created_at, now),
    }
}

/// `POST /admin/customers/{customer}/sign-out`: ends every session, for who lost a device.
pub(crate) async fn sign_out(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let profile = find(&app, &id).await?;
    let who = stands_for(&profile.user);
    let sessions = app.accounts.sessions(&who).await?;
    let detail = format!("{} sessions, asked for", sessions.len());
    let act = Act { name: "customers.sign_out", subject: who.user.to_string(), detail };
    app.staff.change(&me.member, Permission::HelpCustomers, Change::Note, act).await?;
    for session in sessions {
        app.accounts.end_session(&who, session.id).await?;
    }
    see_other(&format!("/admin/customers/{}?done=out", who.user))
}
