//! `/account/verify`: a mail's link shows a button, because programs that look through mails follow
//! links too; the button confirms the address. Nobody needs to be signed in for it.

use super::frame::Customer;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::VerificationError;
use souk_webkit::{Form, Problem, Query, see_other};

#[derive(Default, Serialize)]
struct View {
    token: String,
    fault: String,
    /// The address that is confirmed now.
    done: String,
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    let head = Head::private("Confirm your email address");
    render::private_as(status, (app, "verify.html"), &head, view)
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    page(&app, StatusCode::OK, &View { token: fields.text("token"), ..View::default() })
}

pub(super) async fn confirm(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let refused = match app.accounts().verify_email(fields.get("token")).await {
        Ok(_) if visitor::known(&app, &headers).await?.is_some() => {
            return see_other("/account?done=verified");
        }
        Ok(email) => {
            let view = View { done: email.to_string(), ..View::default() };
            return page(&app, StatusCode::OK, &view);
        }
        Err(refused @ (VerificationError::NoSuchToken | VerificationError::EmailTaken)) => refused,
        Err(other) => return Err(other.into()),
    };
    let fault = match refused {
        VerificationError::EmailTaken => "Another account has this email address.",
        _ => "This link was used already, or it is too old.",
    };
    let view = View { fault: fault.into(), ..View::default() };
    page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}

pub(super) async fn send(
    State(app): State<App>,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    app.sessions.gate.limits.mail_to(&caller.user().to_string())?;
    match app.accounts().send_verification(&caller.principal).await {
        Ok(()) => see_other("/account?done=sent"),
        Err(VerificationError::AlreadyVerified) => see_other("/account?done=verified"),
        Err(other) => Err(other.into()),
    }
}
