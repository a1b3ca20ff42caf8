//! `/account/forgot` and `/account/reset`: back in without the password.

use super::details::password_fault;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{Email, Password, ResetError};
use souk_webkit::{Form, Problem, Query, see_other};

#[derive(Default, Serialize)]
struct View {
    email: String,
    fault: &'static str,
    /// Something was sent, if there was somebody to send it to.
    sent: bool,
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    let head = Head::private("Forgotten password");
    render::private_as(status, (app, "forgot.html"), &head, view)
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let sent = fields.get("sent") == "1";
    page(&app, StatusCode::OK, &View { sent, ..View::default() })
}

pub(super) async fn ask(State(app): State<App>, Form(fields): Form) -> Result<Response, Problem> {
    let typed = fields.text("email");
    let Ok(email) = Email::parse(&typed) else {
        let fault = "Enter an email address like name@example.com.";
        let view = View { email: typed, fault, sent: false };
        return page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view);
    };
    app.sessions.gate.limits.mail_to(email.as_str())?;
    // Nobody waits for it: how long it takes would tell whether there is such an account.
    let accounts = std::sync::Arc::clone(&app.sessions.accounts);
    tokio::spawn(async move {
        if let Err(error) = accounts.forgot_password(&email).await {
            tracing::warn!(%error, "sending a link to choose a password");
        }
    });
    see_other("/account/forgot?sent=1")
}

#[derive(Default, Serialize)]
struct Choose {
    token: String,
    fault: &'static str,
    /// The link works.
    works: bool,
    done: bool,
}

fn choose_page(app: &App, status: StatusCode, view: &Choose) -> Result<Response, Problem> {
    render::private_as(status, (app, "reset.html"), &Head::private("New password"), view)
}

pub(super) async fn choose(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    if fields.get("done") == "1" {
        return choose_page(&app, StatusCode::OK, &Choose { done: true, ..Choose::default() });
    }
    let token = fields.text("token");
    let works = app.accounts().can_reset(&token).await?;
    let status = if works { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    choose_page(&app, status, &Choose { token, works, ..Choose::default() })
}

pub(super) async fn reset(State(app): State<App>, Form(fields): Form) -> Result<Response, Problem> {
    let token = fields.text("token");
    let password = Password::new(fields.get("password").to_owned());
    let view = match app.accounts().reset_password(&token, &password).await {
        Ok(()) => return see_other("/account/reset?done=1"),
        Err(ResetError::Invalid(faults)) => {
            Choose { token, works: true, fault: password_fault(&faults), done: false }
        }
        Err(ResetError::NoSuchToken) => Choose::default(),
        Err(other) => return Err(other.into()),
    };
    choose_page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}
