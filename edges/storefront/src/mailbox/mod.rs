//! The mailbox: every mail that the shop sent, for sandboxes. Without one these pages are not here.

use crate::render::{self, Head};
use crate::state::App;
use crate::words::moment;
use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use souk_kernel::MailId;
use souk_notifications::{Envelope, Mail, Mailbox, Page};
use souk_webkit::{Problem, Query, href};
use std::sync::Arc;

const PER_PAGE: u32 = 50;

/// A mail's own document: it loads nothing and runs nothing, wherever it is shown.
const MAIL_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; \
     frame-ancestors 'self'; base-uri 'none'; form-action 'none'; \
     sandbox allow-top-navigation-by-user-activation";

pub fn routes() -> Router<App> {
    Router::new()
        .route("/mailbox", get(list))
        .route("/mailbox/{mail}", get(show))
        .route("/mailbox/{mail}/letter", get(letter))
        .route("/mailbox/{mail}/message.eml", get(message))
}

#[derive(Serialize)]
struct List {
    mails: Vec<Row>,
    older: String,
}

#[derive(Serialize)]
struct Row {
    href: String,
    to: String,
    subject: String,
    at: String,
}

#[derive(Serialize)]
struct Letter {
    row: Row,
    letter: String,
    text: String,
    /// Name and value; none once its person is erased.
    headers: Vec<(&'static str, String)>,
    /// The whole message as a file; empty once there is none.
    message: String,
}

fn mailbox(app: &App) -> Result<&Arc<dyn Mailbox>, Problem> {
    app.mailbox.as_ref().ok_or_else(|| Problem::not_found("there is no such page"))
}

async fn list(State(app): State<App>, Query(fields): Query) -> Result<Response, Problem> {
    let before = fields.parsed::<MailId>("before").ok();
    let page = Page { before, about: None, user: None, limit: PER_PAGE };
    let mails = mailbox(&app)?.list(page).await?;
    let older = match mails.last() {
        Some(last) if mails.len() == PER_PAGE as usize => {
            href("/mailbox", &[("before".into(), last.id.to_string())])
        }
        _ => String::new(),
    };
    let view = List { mails: mails.iter().map(row).collect(), older };
    render::private(&app, "mailbox.html", &Head::private("Mailbox"), &view)
}

fn row(mail: &Envelope) -> Row {
    let shown = |text: &String, gone: &str| {
        if mail.is_erased() { gone.to_owned() } else { text.clone() }
    };
    Row {
        href: format!("/mailbox/{}", mail.id),
        to: shown(&mail.to, "nobody any more"),
        subject: shown(&mail.subject, "Erased with its account"),
        at: moment(mail.created_at),
    }
}

async fn find(app: &App, id: &str) -> Result<Mail, Problem> {
    let missing = || Problem::not_found("there is no such mail");
    let id: MailId = id.parse().map_err(|_| missing())?;
    mailbox(app)?.get(id).await?.ok_or_else(missing)
}

async fn show(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = find(&app, &id).await?;
    let row = row(&mail.envelope());
    let letter = format!("{}/letter", row.href);
    let mut view = Letter {
        message: String::new(),
        headers: Vec::new(),
        text: mail.text.clone(),
        letter,
        row,
    };
    if let Some(message) = app.messages.of(&mail).await? {
        view.message = format!("{}/message.eml", view.row.href);
        view.headers = message.headers.into_iter().map(|one| (one.name, one.value)).collect();
    }
    let head = Head::private(view.row.subject.clone());
    render::private(&app, "mail.html", &head, &view)
}

async fn message(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = find(&app, &id).await?;
    let gone = || Problem::not_found("nothing is left of this mail");
    let message = app.messages.of(&mail).await?.ok_or_else(gone)?;
    let name = format!("attachment; filename=\"{}.eml\"", mail.id);
    let headers = [
        (header::CONTENT_TYPE, "message/rfc822"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_DISPOSITION, name.as_str()),
    ];
    Ok((headers, message.whole).into_response())
}

async fn letter(State(app): State<App>, Path(id): Path<String>) -> Result<Response, Problem> {
    let mail = find(&app, &id).await?;
    // Its links lead out of the frame that it is shown in.
    let html = mail.html.replacen("<head>", "<head><base target=\"_top\">", 1);
    let fixed = HeaderValue::from_static;
    let headers: [(HeaderName, HeaderValue); 4] = [
        (header::CONTENT_TYPE, fixed("text/html; charset=utf-8")),
        (header::CACHE_CONTROL, fixed("no-store")),
        (header::CONTENT_SECURITY_POLICY, fixed(MAIL_POLICY)),
        (header::X_FRAME_OPTIONS, fixed("SAMEORIGIN")),
    ];
    Ok((headers, html).into_response())
}
