//! Signing in and out.

use crate::form::{Form, Query, onward};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Password;
use souk_staff::{Grant, Role, SignInError};
use souk_webkit::{Problem, see_other};

/// The member of the demo sign-in.
const DEMO: &str = "demo-operator@souk.example";

#[derive(Serialize)]
struct View {
    email: String,
    next: String,
    fault: &'static str,
}

/// `GET /admin/sign-in`.
pub(crate) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next")).to_owned();
    page(&app, StatusCode::OK, &View { email: String::new(), next, fault: "" })
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    let head = Head::of("", "Sign in");
    render::respond(status, render::text(app, None, ("sign_in.html", &head), view)?)
}

/// `POST /admin/sign-in`.
pub(crate) async fn sign_in(
    State(app): State<App>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (email, next) = (fields.text("email"), onward(fields.get("next")).to_owned());
    // A bucket beside the shopper's who may have the same address.
    app.gate.limits.account(&format!("staff {email}"))?;
    let password = Password::new(fields.get("password").to_owned());
    match app.staff.sign_in(&email, password).await {
        Ok(grant) => go_on(&app, &grant, &next),
        Err(SignInError::BadCredentials) => {
            let fault = "The email address or the password is not right.";
            page(&app, StatusCode::UNPROCESSABLE_ENTITY, &View { email, next, fault })
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /admin/demo`: one click, in sandboxes only.
pub(crate) async fn demo(State(app): State<App>, Form(fields): Form) -> Result<Response, Problem> {
    let grant = app.staff.sign_in_as_demo(DEMO, Role::Operator).await?;
    go_on(&app, &grant, onward(fields.get("next")))
}

/// Onward with a fresh session.
pub(crate) fn go_on(app: &App, grant: &Grant, to: &str) -> Result<Response, Problem> {
    let mut response = see_other(to)?;
    let cookie = app.badge.set(&grant.token, app.clock.now(), grant.expires);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// `POST /admin/sign-out`.
pub(crate) async fn sign_out(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    app.staff.sign_out(me.member.id, &me.token).await?;
    let mut response = see_other("/admin/sign-in")?;
    response.headers_mut().append(header::SET_COOKIE, app.badge.clear());
    Ok(response)
}
