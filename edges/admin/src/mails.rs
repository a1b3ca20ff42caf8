//! Every mail that was sent, as text: what a shopper was told.

use crate::form::{Query, href};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use crate::words::moment;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use souk_kernel::MailId;
use souk_notifications::{Envelope, Page};
use souk_webkit::Problem;

const PER_PAGE: u32 = 50;

#[derive(Serialize)]
struct List {
    mails: Vec<Row>,
    older: String,
}

#[derive(Serialize)]
struct Row {
    id: String,
    kind: &'static str,
    to: String,
    subject: String,
    at: String,
}

#[derive(Serialize)]
struct Letter {
    row: Row,
    about: String,
    text: String,
}

fn row(mail: &Envelope) -> Row {
    Row {
        id: mail.id.to_string(),
        kind: mail.kind.name(),
        to: mail.to.clone(),
        subject: mail.subject.clone(),
        at: moment(mail.created_at),
    }
}

/// `GET /admin/mails`.
pub(crate) async fn list(
    State(app): State<App>,
    me: Me,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let before: Option<MailId> = fields.get("before").parse().ok();
    let mails = app.mailbox.list(Page { before, about: None, limit: PER_PAGE }).await?;
    let older = match mails.last() {
        Some(last) if mails.len() == PER_PAGE as usize => {
            href("/admin/mails", &[("before".into(), last.id.to_string())])
        }
        _ => String::new(),
    };
    let view = List { mails: mails.iter().map(row).collect(), older };
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
    let view =
        Letter { row: row(&mail.envelope()), about: mail.about.0.to_string(), text: mail.text };
    render::page(&app, &me, ("mail.html", &head), &view)
}
