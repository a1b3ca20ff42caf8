//! `GET|POST /account/register`. A guest who signs up keeps cart and orders.

use super::go_on;
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{FieldFault, Password, RegisterError, Registration};
use souk_webkit::{Form, Problem, Query, device_of, onward};

#[derive(Default, Serialize)]
struct View {
    name: String,
    email: String,
    next: String,
    name_fault: &'static str,
    email_fault: &'static str,
    password_fault: &'static str,
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
) -> Result<Response, Problem> {
    let next = onward(fields.get("next"), "/account").to_owned();
    page(&app, StatusCode::OK, &View { next, ..View::default() })
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    let head = Head::private("Create an account");
    render::private_as(status, (app, "register.html"), &head, view)
}

pub(super) async fn register(
    State(app): State<App>,
    headers: HeaderMap,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let mut view = View {
        name: fields.text("name"),
        email: fields.text("email"),
        next: onward(fields.get("next"), "/account").to_owned(),
        ..View::default()
    };
    let caller = visitor::known(&app, &headers).await?;
    let registration = Registration {
        email: view.email.clone(),
        password: Password::new(fields.get("password").to_owned()),
        name: view.name.clone(),
        device: device_of(&headers),
    };
    let signer = caller.map(|caller| (caller.principal, caller.token));
    match app.accounts().register(registration, signer).await {
        Ok(grant) => return go_on(&app, caller, &grant, &view.next).await,
        Err(RegisterError::AlreadyRegistered) => return souk_webkit::see_other("/account"),
        Err(RegisterError::EmailTaken) => {
            view.email_fault = "There is an account with this address. Sign in with it.";
        }
        Err(RegisterError::Invalid(faults)) => faults.iter().for_each(|f| note(&mut view, f)),
        Err(other) => return Err(other.into()),
    }
    page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}

fn note(view: &mut View, fault: &FieldFault) {
    match fault.field {
        "email" => view.email_fault = "Enter an email address like name@example.com.",
        "password" => view.password_fault = "Choose a password of 8 to 200 characters.",
        _ => view.name_fault = "Enter your name.",
    }
}
