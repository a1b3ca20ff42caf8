//! Signing in and out, and applying to sell.

use crate::form::{Form, Query, onward};
use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::Password;
use souk_sellers::{Application, ApplyError, Grant, SignInError};
use souk_webkit::{Problem, see_other};

#[derive(Serialize)]
struct View {
    email: String,
    next: String,
    fault: &'static str,
    applied: bool,
    demo: bool,
}

/// `GET /seller/sign-in`.
pub(crate) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next")).to_owned();
    let applied = !fields.get("applied").is_empty();
    sign_in_page(&app, StatusCode::OK, (String::new(), next), ("", applied))
}

fn sign_in_page(
    app: &App,
    status: StatusCode,
    (email, next): (String, String),
    (fault, applied): (&'static str, bool),
) -> Result<Response, Problem> {
    let demo = app.shop.sandbox && app.shop.demo.is_some();
    let view = View { email, next, fault, applied, demo };
    let head = Head::of("", "Sign in");
    render::respond(status, render::text(app, None, ("sign_in.html", &head), &view)?)
}

/// `POST /seller/sign-in`.
pub(crate) async fn sign_in(
    State(app): State<App>,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let (email, next) = (fields.text("email"), onward(fields.get("next")).to_owned());
    // A bucket beside the shopper's who may have the same address.
    app.gate.limits.account(&format!("seller {email}"))?;
    let password = Password::new(fields.get("password").to_owned());
    match app.sellers.sign_in(&email, password).await {
        Ok(grant) => go_on(&app, &grant, &next),
        Err(SignInError::BadCredentials) => {
            let fault = "The email address or the password is not right.";
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            sign_in_page(&app, status, (email, next), (fault, false))
        }
        Err(other) => Err(other.into()),
    }
}

/// `POST /seller/demo`: one click, in sandboxes only.
pub(crate) async fn demo(State(app): State<App>, Form(fields): Form) -> Result<Response, Problem> {
    let missing = || Problem::not_found("This shop has no demo seller.");
    let seller = app.shop.demo.ok_or_else(missing)?;
    match app.sellers.sign_in_as_demo(seller).await {
        Ok(grant) => go_on(&app, &grant, onward(fields.get("next"))),
        Err(SignInError::BadCredentials) => Err(missing()),
        Err(other) => Err(other.into()),
    }
}

fn go_on(app: &App, grant: &Grant, to: &str) -> Result<Response, Problem> {
    let mut response = see_other(to)?;
    let cookie = app.badge.set(&grant.token, app.clock.now(), grant.expires);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// `POST /seller/sign-out`.
pub(crate) async fn sign_out(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    app.sellers.sign_out(&me.token).await?;
    let mut response = see_other("/seller/sign-in")?;
    response.headers_mut().append(header::SET_COOKIE, app.badge.clear());
    Ok(response)
}

#[derive(Serialize, Default)]
struct ApplyView {
    name: String,
    email: String,
    /// A field's name, and what is wrong with it.
    field: &'static str,
    fault: String,
}

/// `GET /seller/apply`.
pub(crate) async fn form(State(app): State<App>) -> Result<Response, Problem> {
    apply_page(&app, StatusCode::OK, &ApplyView::default())
}

fn apply_page(app: &App, status: StatusCode, view: &ApplyView) -> Result<Response, Problem> {
    let head = Head::of("", "Sell here");
    render::respond(status, render::text(app, None, ("apply.html", &head), view)?)
}

/// `POST /seller/apply`.
pub(crate) async fn apply(State(app): State<App>, Form(fields): Form) -> Result<Response, Problem> {
    let (name, email) = (fields.text("name"), fields.text("email"));
    let asked = Application {
        name: name.clone(),
        email: email.clone(),
        password: Password::new(fields.get("password").to_owned()),
    };
    let (field, fault) = match app.sellers.apply(asked).await {
        Ok(_) => return see_other("/seller/sign-in?applied=yes"),
        Err(ApplyError::Invalid(field, why)) => (field, format!("This is {why}.")),
        Err(ApplyError::EmailTaken) => ("email", ApplyError::EmailTaken.to_string()),
        Err(other) => return Err(other.into()),
    };
    let view = ApplyView { name, email, field, fault };
    apply_page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}
