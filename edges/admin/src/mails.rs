//! Every mail that was sent, as text: what a shopper was told.

use crate::csv;
use crate::form::Query;
use crate::guard::Me;
use crate::list::{self, List, Pager};
use crate::render::{self, Head};
use crate::state::App;
use crate::words::{When, moment, when};
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::{MailId, Timestamp};
use souk_notifications::{Envelope, Page};
use souk_webkit::Problem;

const MAILS: List<'static> = List { path: "/admin/mails", filters: &[] };

#[derive(Serialize)]
struct Shown {
    mails: Vec<Row>,
    pager: Pager,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    to: String,
    subject: String,
    at: When,
}

#[derive(Serialize)]
struct Letter {
    row: Row,
    about: String,
    text: String,
}

fn row(mail: &Envelope, now: Timestamp) -> Row {
    Row {
        id: mail.id.to_string(),
        kind: mail.kind.name(),
        to: mail.to.clone(),
        subject: if mail.is_erased() {
            "Erased with its account".into()
        } else {
            mail.subject.clone()
        },
        at: when(mail.created_at, now),
    }
}

/// `GET /admin/mails`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let before: Option<MailId> = fields.get("after").parse().ok();
    let limit = u32::try_from(list::reach(&fields)).unwrap_or(u32::MAX);
    let mut mails = app.mailbox.list(Page { before, about: None, user: None, limit }).await?;
    if list::as_file(&fields) {
        let head = ["id", "kind", "to", "subject", "written"];
        let line = |mail: &Envelope| {
            let (id, kind) = (mail.id.to_string(), mail.kind.name().to_owned());
            vec![id, kind, mail.to.clone(), mail.subject.clone(), moment(mail.created_at)]
        };
        return csv::respond("mails", &head, mails.iter().map(line));
    }
    let next = list::cut(&mut mails, |mail| mail.id.to_string());
    let now = app.clock.now();
    let view = Shown {
        mails: mails.iter().map(|mail| row(mail, now)).collect(),
        pager: MAILS.pager(&fields, next),
    };
    render::page(&app, &me, ("mails.html", &Head::of("/admin/mails", "Mails")), &view)
}

/// `GET /admin/mails/{mail}`.
pub(crate) async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("There is no such mail.");
    let id: MailId = id.parse().map_err(|_| missing())?;
    let mail = app.mailbox.get(id).await?.ok_or_else(missing)?;
    let head = Head::of("/admin/mails", mail.subject.clone());
    let view = Letter {
        row: row(&mail.envelope(), app.clock.now()),
        about: mail.about.0.to_string(),
        text: mail.text,
    };
    render::page(&app, &me, ("mail.html", &head), &view)
}
