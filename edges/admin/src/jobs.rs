//! What runs without a request: facts on their way, those that are parked, gateways' messages.

use crate::form::{Form, Query};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, span, thousands, when};
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{Aggregate, LANES, OrderId};
use souk_staff::{Act, Change, Permission};
use souk_webkit::{Problem, see_other};

const PARKED: usize = 200;
const WAITING: usize = 50;

#[derive(Serialize)]
struct View {
    lag: String,
    waiting: String,
    messages: String,
    messages_lag: String,
    messages_parked: String,
    open: String,
    may_tend: bool,
    done: &'static str,
    parked: Vec<Parked>,
    facts: Vec<Fact>,
}

#[derive(Serialize)]
struct Parked {
    aggregate: String,
    reason: String,
    at: When,
}

#[derive(Serialize)]
struct Fact {
    seq: i64,
    kind: String,
    aggregate: String,
    number: u64,
    age: String,
}

/// `GET /admin/jobs`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let now = app.clock.now();
    let lag = app.outbox.lag(now).await?;
    let lanes: Vec<u16> = (0..LANES).collect();
    let facts = app.outbox.pending(&lanes, WAITING).await?;
    let parked = app.outbox.parked(PARKED).await?;
    let backlog = app.inbox.backlog(now).await?;
    let open = app.saga.orders().due(1_000).await?.len();
    let parked = parked.into_iter().map(|parked| Parked {
        aggregate: parked.aggregate.0.to_string(),
        reason: parked.reason,
        at: when(parked.at, now),
    });
    let facts = facts.into_iter().map(|(seq, fact)| Fact {
        seq: seq.0,
        kind: fact.kind.to_string(),
        aggregate: fact.aggregate.0.to_string(),
        number: fact.number,
        age: span(now.since(fact.at)),
    });
    let done = if fields.get("done").is_empty() { "" } else { "Its facts go on." };
    let view = View {
        lag: if lag.count > 0 { span(lag.oldest_ms) } else { String::from("0 ms") },
        waiting: thousands(lag.count),
        messages: thousands(backlog.waiting),
        messages_lag: span(backlog.oldest_ms),
        messages_parked: thousands(backlog.parked),
        open: thousands(open as u64),
        may_tend: me.may(Permission::TendJobs),
        done,
        parked: parked.collect(),
        facts: facts.collect(),
    };
    render::page(&app, &me, ("jobs.html", &Head::of("/admin/jobs", "Jobs")), &view)
}

/// `POST /admin/jobs/unpark`.
pub(crate) async fn unpark(
    State(app): State<App>,
    me: Me,
    Form(fields): Form,
) -> Result<Response, Problem> {
    // Any id is read as one: an aggregate is an id without its noun.
    let id: OrderId = fields
        .get("aggregate")
        .parse()
        .map_err(|_| Problem::invalid("aggregate_invalid", "That names nothing."))?;
    let act = Act { name: "jobs.unpark", subject: id.to_string(), detail: String::from("goes on") };
    let change = Change::Unpark(Aggregate(id.uuid()));
    app.staff.change(&me.member, Permission::TendJobs, change, act).await?;
    see_other("/admin/jobs?done=unparked")
}
