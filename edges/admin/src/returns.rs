//! What comes back: the queue, and one return to receive, to refuse or to inspect. Each step is written with
//! its line in the audit; what an inspection owes is sent through the gateway afterwards.

use crate::csv;
use crate::form::{Fields, Form, Query};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head, Tab};
use crate::state::App;
use crate::words::{Pill, When, moment, money, returned, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_fulfillment::{Handled, Return, ReturnId, ReturnState, StepRefusal, Verdict};
use souk_kernel::{OrderId, Timestamp};
use souk_orders::{Order, OrderNumber};
use souk_staff::{Act, Change, ChangeError, ChangeRefusal, FindReturns, Permission, Returned};
use souk_webkit::{Problem, see_other};

const RETURNS: List<'static> = List { path: "/admin/returns", filters: &["state"] };
/// Tries of a step that loses to the carrier.
const TRIES: usize = 4;

#[derive(Serialize)]
struct View {
    tabs: Vec<Tab>,
    returns: Vec<Row>,
    pager: Pager,
    filtered: bool,
}

#[derive(Serialize)]
struct Row {
    href: String,
    number: String,
    state: Pill,
    pieces: u32,
    reason: String,
    since: When,
    money: String,
}

const TABS: [(&str, &str); 6] = [
    ("All", ""),
    ("On their way", "label"),
    ("To inspect", "received"),
    ("Restocked", "restocked"),
    ("Refunded", "refunded"),
    ("Refused", "rejected"),
];

/// `GET /admin/returns`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let text = fields.text("state");
    let state = ReturnState::ALL.into_iter().find(|state| state.name() == text);
    let before: Option<OrderId> = fields.get("after").parse().ok();
    let limit = list::reach(&fields);
    let mut found = app.desk.find_returns(&FindReturns { state, before, limit }).await?;
    let now = app.clock.now();
    if list::as_file(&fields) {
        let head = ["order", "return", "state", "pieces", "reason", "since", "refund"];
        let rows = found.iter().map(|found| {
            let row = row(found, now);
            let (id, pieces) = (found.back.id.to_string(), row.pieces.to_string());
            let since = moment(found.back.since());
            vec![
                row.number,
                id,
                found.back.state().name().into(),
                pieces,
                row.reason,
                since,
                row.money,
            ]
        });
        return csv::respond("returns", &head, rows);
    }
    let next = list::cut(&mut found, |found| found.order.to_string());
    let tab = |(title, of): (&str, &str)| Tab {
        title: title.to_owned(),
        href: RETURNS.with(&fields, "state", of),
        here: of == text,
    };
    let view = View {
        tabs: TABS.map(tab).into(),
        returns: found.iter().map(|found| row(found, now)).collect(),
        pager: RETURNS.pager(&fields, next),
        filtered: state.is_some(),
    };
    render::page(&app, &me, ("returns.html", &Head::of("/admin/returns", "Returns")), &view)
}

fn row(found: &Returned, now: Timestamp) -> Row {
    let back = &found.back;
    Row {
        href: format!("/admin/returns/{}/{}", found.order, back.id),
        number: OrderNumber::of(found.order).to_string(),
        state: returned(back.state()),
        pieces: back.lines.iter().map(|line| line.quantity).sum(),
        reason: back.reason.name().replace('_', " "),
        since: when(back.since(), now),
        money: back.refund.map_or_else(String::new, |plan| money(plan.amount)),
    }
}

#[derive(Serialize)]
struct One {
    order: String,
    id: String,
    number: String,
    row: Row,
    lines: Vec<Line>,
    steps: Vec<Step>,
    owed: String,
    paid: String,
    can_receive: bool,
    can_refuse: bool,
    can_inspect: bool,
    done: &'static str,
}

#[derive(Serialize)]
struct Line {
    sku: String,
    title: String,
    quantity: u32,
    restocked: u32,
}

#[derive(Serialize)]
struct Step {
    state: Pill,
    at: When,
}

async fn find(app: &App, order: &str, id: &str) -> Result<(Order, Return), Problem> {
    let missing = || Problem::not_found("There is no such return.");
    let order: OrderId = order.parse().map_err(|_| missing())?;
    let id: ReturnId = id.parse().map_err(|_| missing())?;
    let all = app.parcels.of_order(order).await?.ok_or_else(missing)?;
    let back = all.returned(id).cloned().ok_or_else(missing)?;
    let order = app.saga.orders().order(order).await?.ok_or_else(missing)?;
    Ok((order, back))
}

/// `GET /admin/returns/{order}/{back}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path((order, id)): Path<(String, String)>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let (order, back) = find(&app, &order, &id).await?;
    let (state, now) = (back.state(), app.clock.now());
    let may = me.may(Permission::HandleReturns);
    let sent = matches!(state, ReturnState::Requested | ReturnState::Label);
    let title = |sku| {
        let line = order.quote.lines.iter().find(|line| line.item.sku == sku);
        line.map_or_else(|| sku.to_string(), |line| line.item.title.to_string())
    };
    let line = |line: &souk_fulfillment::ReturnLine| Line {
        sku: line.sku.to_string(),
        title: title(line.sku),
        quantity: line.quantity,
        restocked: line.restocked,
    };
    let step = |step: &souk_fulfillment::ReturnStep| Step {
        state: returned(step.state),
        at: when(step.at, now),
    };
    let view = One {
        order: order.id.to_string(),
        id: back.id.to_string(),
        number: order.number().to_string(),
        lines: back.lines.iter().map(line).collect(),
        steps: back.steps.iter().map(step).collect(),
        owed: back.refund.map_or_else(String::new, |plan| money(plan.amount)),
        paid: back.refund.and_then(|plan| plan.paid).map_or_else(String::new, money),
        can_receive: may && sent,
        can_refuse: may && (sent || state == ReturnState::Received),
        can_inspect: may && state == ReturnState::Received,
        done: match fields.get("done") {
            "received" => "It lies at the warehouse.",
            "rejected" => "It is refused; its pieces can be asked for again.",
            "inspected" => {
                "Written: the shelf has what can be sold again, and the money is on its way."
            }
            _ => "",
        },
        row: row(&Returned { order: order.id, user: order.user, back }, now),
    };
    let head = Head::of("/admin/returns", format!("Return of {}", view.number));
    render::page(&app, &me, ("return.html", &head), &view)
}

/// Writes a step with its line; whoever was first makes it look again.
async fn handle(
    app: &App,
    me: &Me,
    (order, back): (&Order, &Return),
    (to, name, detail): (Handled, &'static str, String),
) -> Result<(), Problem> {
    let mut tries = 0;
    loop {
        tries += 1;
        let step = app.parcels.plan_return(order.id, back.id, &to).await?;
        let act = Act { name, subject: order.id.to_string(), detail: detail.clone() };
        let change = Change::Parcels(Box::new(step));
        match app.staff.change(&me.member, Permission::HandleReturns, change, act).await {
            Ok(_) => return Ok(()),
            Err(ChangeError::Refused(ChangeRefusal::Parcels(StepRefusal::Stale)))
                if tries < TRIES => {}
            Err(other) => return Err(other.into()),
        }
    }
}

fn go_on(order: &Order, back: &Return, done: &str) -> Result<Response, Problem> {
    see_other(&format!("/admin/returns/{}/{}?done={done}", order.id, back.id))
}

/// `POST /admin/returns/{order}/{back}/receive`.
pub(crate) async fn receive(
    State(app): State<App>,
    me: Me,
    Path((order, id)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let (order, back) = find(&app, &order, &id).await?;
    let done = (Handled::Received, "returns.receive", back.id.to_string());
    handle(&app, &me, (&order, &back), done).await?;
    go_on(&order, &back, "received")
}

/// `POST /admin/returns/{order}/{back}/refuse`.
pub(crate) async fn refuse(
    State(app): State<App>,
    me: Me,
    Path((order, id)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, back) = find(&app, &order, &id).await?;
    let reason: String = fields.text("reason").chars().take(300).collect();
    if reason.is_empty() {
        return Err(Problem::invalid("reason_missing", "Say why: the audit keeps it."));
    }
    let done = (Handled::Rejected, "returns.refuse", format!("{}: {reason}", back.id));
    handle(&app, &me, (&order, &back), done).await?;
    go_on(&order, &back, "rejected")
}

/// How many of each line can be sold again.
fn verdicts(back: &Return, fields: &Fields) -> Result<Vec<Verdict>, Problem> {
    let one = |line: &souk_fulfillment::ReturnLine| {
        let says = format!("restock: between 0 and {} pieces.", line.quantity);
        let number: Option<u32> = fields.text(&format!("restock-{}", line.sku)).parse().ok();
        let restock = number.filter(|restock| *restock <= line.quantity);
        let restock = restock.ok_or_else(|| Problem::invalid("number_invalid", says))?;
        Ok(Verdict { sku: line.sku, restock })
    };
    back.lines.iter().map(one).collect()
}

/// `POST /admin/returns/{order}/{back}/inspect`.
pub(crate) async fn inspect(
    State(app): State<App>,
    me: Me,
    Path((order, id)): Path<(String, String)>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (order, back) = find(&app, &order, &id).await?;
    let verdicts = verdicts(&back, &fields)?;
    let restocked: u32 = verdicts.iter().map(|verdict| verdict.restock).sum();
    let all: u32 = back.lines.iter().map(|line| line.quantity).sum();
    let detail =
        format!("{}: {restocked} of {all} restocked, {} written off", back.id, all - restocked);
    let done = (Handled::Inspected(verdicts), "returns.inspect", detail);
    handle(&app, &me, (&order, &back), done).await?;
    // The money outlives this connection; what the gateway can't do now is sent later.
    let (parcels, order_id, id) = (app.parcels.clone(), order.id, back.id);
    let paid = tokio::spawn(async move { parcels.pay_return(order_id, id).await });
    paid.await.map_err(|error| Problem::internal(error.to_string()))??;
    go_on(&order, &back, "inspected")
}
