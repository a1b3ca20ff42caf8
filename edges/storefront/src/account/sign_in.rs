//! `GET|POST /account/sign-in`.

use super::go_on;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{Password, SignInError};
use souk_webkit::{Form, Problem, Query, device_of, onward};

#[derive(Serialize)]
struct View {
    email: String,
    next: String,
    fault: &'static str,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next"), "/account").to_owned();
    page(&app, StatusCode::OK, View { email: String::new(), next, fault: "" })
}

fn page(app: &App, status: StatusCode, view: View) -> Result<Response, Problem> {
    render::private_as(status, (app, "sign_in.html"), &Head::private("Sign in"), &view)
}

pub(super) async fn sign_in(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let email = fields.text("email");
    let next = onward(fields.get("next"), "/account").to_owned();
    let password = Password::new(fields.get("password").to_owned());
    let caller = visitor::known(&app, &headers).await?;
    app.sessions.gate.limits.account(&email)?;
    match app.accounts().sign_in(&email, password, device_of(&headers)).await {
        Ok(grant) => go_on(&app, caller, &grant, &next).await,
        Err(SignInError::BadCredentials) => {
            let fault = "The email address or the password is not right. Check both, please.";
            page(&app, StatusCode::UNPROCESSABLE_ENTITY, View { email, next, fault })
        }
        Err(other) => Err(other.into()),
    }
}
