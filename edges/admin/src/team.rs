//! Members and what they did.

use crate::csv;
use crate::form::{Form, Query};
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, moment, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_staff::port::AuditPage;
use souk_staff::{Actor, AuditId, Member, Role, StaffId};
use souk_webkit::{Problem, see_other};

const AUDIT: List<'static> = List { path: "/admin/audit", filters: &[] };
/// Members of one shop that a page shows.
const MEMBERS: usize = 500;

#[derive(Serialize)]
struct Team {
    members: Vec<Row>,
    roles: [&'static str; 4],
    fault: String,
    done: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    email: String,
    role: &'static str,
    since: When,
    /// Whether there is a second factor.
    factor: bool,
}

/// `GET /admin/team`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let members = app.staff.members(MEMBERS).await?;
    let now = app.clock.now();
    let mut factors = Vec::with_capacity(members.len());
    for member in &members {
        factors.push(app.staff.factor_of(member.id).await?.is_some());
    }
    let row = |(member, factor): (&Member, bool)| Row {
        factor,
        id: member.id.to_string(),
        email: member.email.to_string(),
        role: member.role.name(),
        since: when(member.created, now),
    };
    let done = match fields.get("done") {
        "" => "",
        "factor" => "The second factor is taken away, and every session of theirs has ended.",
        _ => "The role is changed.",
    };
    let view = Team {
        members: members.iter().zip(factors).map(row).collect(),
        roles: Role::ALL.map(Role::name),
        fault: String::new(),
        done: done.to_owned(),
    };
    render::page(&app, &me, ("team.html", &Head::of("/admin/team", "Team")), &view)
}

/// `POST /admin/team/{member}/role`.
pub(crate) async fn set_role(
    State(app): State<App>,
    me: Me,
    Path(member): Path<String>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let member: StaffId =
        member.parse().map_err(|_| Problem::not_found("There is no such member."))?;
    let role = |name| {
        let wrong = || Problem::invalid("role_invalid", "There is no such role.");
        Role::from_name(fields.get(name)).ok_or_else(wrong)
    };
    app.staff.set_role(&me.member, member, role("expected")?, role("role")?).await?;
    see_other("/admin/team?done=role")
}

/// `POST /admin/team/{member}/factor`: takes a second factor away.
pub(crate) async fn forget_factor(
    State(app): State<App>,
    me: Me,
    Path(member): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such second factor.");
    let member: StaffId = member.parse().map_err(|_| missing())?;
    if !app.staff.forget_factor(Actor::Member(me.member.id), member).await? {
        return Err(missing());
    }
    see_other("/admin/team?done=factor")
}

#[derive(Serialize)]
struct Audit {
    lines: Vec<Line>,
    pager: Pager,
}

#[derive(Serialize)]
struct Line {
    name: String,
    subject: String,
    detail: String,
    who: String,
    at: When,
}

/// `GET /admin/audit`.
pub(crate) async fn audit(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let before: Option<AuditId> = fields.get("after").parse().ok();
    let limit = list::reach(&fields);
    let mut entries = app.staff.audit(AuditPage { before, limit }).await?;
    let members = app.staff.members(MEMBERS).await?;
    let who = |actor| match actor {
        Actor::Console => String::from("console"),
        Actor::Member(id) => {
            let known = members.iter().find(|member| member.id == id);
            known.map_or_else(|| id.to_string(), |member| member.email.to_string())
        }
    };
    if list::as_file(&fields) {
        let head = ["what", "subject", "detail", "who", "when"];
        let rows = entries.into_iter().map(|entry| {
            vec![entry.name, entry.subject, entry.detail, who(entry.actor), moment(entry.at)]
        });
        return csv::respond("audit", &head, rows);
    }
    let next = list::cut(&mut entries, |entry| entry.id.to_string());
    let now = app.clock.now();
    let lines = entries.into_iter().map(|entry| Line {
        name: entry.name,
        subject: entry.subject,
        detail: entry.detail,
        who: who(entry.actor),
        at: when(entry.at, now),
    });
    let view = Audit { lines: lines.collect(), pager: AUDIT.pager(&fields, next) };
    render::page(&app, &me, ("audit.html", &Head::of("/admin/audit", "Audit")), &view)
}
