//! `/unsubscribe/{token}`: a mail's own way out of its like. One button and no sign-in; mail programs may
//! press it for their reader (RFC 8058).

use super::mails::words;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_notifications::Unsubscribe;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    action: String,
    topic: &'static str,
    about: &'static str,
    done: bool,
}

fn link(token: &str) -> Result<Unsubscribe, Problem> {
    Unsubscribe::parse(token).ok_or_else(|| Problem::not_found("there is no such link"))
}

fn page(app: &App, link: &Unsubscribe, done: bool) -> Result<Response, Problem> {
    let (topic, about) = words(link.topic);
    let view = View { action: format!("/unsubscribe/{}", link.token()), topic, about, done };
    let head = Head::private("Fewer mails");
    render::private_as(StatusCode::OK, (app, "unsubscribe.html"), &head, &view)
}

pub(super) async fn show(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    page(&app, &link(&token)?, false)
}

pub(super) async fn unsubscribe(
    State(app): State<App>,
    Path(token): Path<String>,
) -> Result<Response, Problem> {
    let link = link(&token)?;
    if !app.preferences.unsubscribe(link).await? {
        return Err(Problem::not_found("there is no such link"));
    }
    page(&app, &link, true)
}
