//! `/account/details`: name, email address and password.

use super::frame::{Customer, Frame};
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_accounts::{EmailError, FieldFault, Password, PasswordError};
use souk_webkit::{Caller, Form, Problem, Query, see_other};

const WRONG: &str = "This is not your present password.";

#[derive(Serialize)]
struct View {
    frame: Frame,
    name: String,
    email: String,
    verified: bool,
    /// What was typed as the new address.
    new_email: String,
    name_fault: &'static str,
    email_fault: &'static str,
    email_password_fault: &'static str,
    new_fault: &'static str,
    present_fault: &'static str,
}

async fn view(app: &App, caller: &Caller) -> Result<View, Problem> {
    let profile = app.accounts().profile(caller.user()).await?;
    let user = &profile.user;
    Ok(View {
        frame: Frame::new("details", caller),
        name: user.name.clone().unwrap_or_default(),
        email: user.email.as_ref().map_or_else(String::new, ToString::to_string),
        verified: user.verified,
        new_email: String::new(),
        name_fault: "",
        email_fault: "",
        email_password_fault: "",
        new_fault: "",
        present_fault: "",
    })
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    render::private_as(status, (app, "details.html"), &Head::private("Sign-in details"), view)
}

pub(super) async fn show(
    State(app): State<App>,
    Query(fields): Query,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    let mut view = view(&app, &caller).await?;
    view.frame = view.frame.after(&fields);
    page(&app, StatusCode::OK, &view)
}

pub(super) async fn name(
    State(app): State<App>,
    Customer(caller): Customer,
    Form(fields): Form,
) -> Result<Response, Problem> {
    match app.accounts().change_name(&caller.principal, fields.get("name")).await {
        Ok(()) => see_other("/account/details?done=name"),
        Err(EmailError::Invalid(_)) => {
            let mut view = view(&app, &caller).await?;
            view.name = fields.text("name");
            view.name_fault = "Enter your name, in up to 100 characters.";
            page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
        }
        Err(other) => Err(other.into()),
    }
}

pub(super) async fn email(
    State(app): State<App>,
    Customer(caller): Customer,
    Form(fields): Form,
) -> Result<Response, Problem> {
    let limits = &app.sessions.gate.limits;
    limits.account(&caller.user().to_string())?;
    limits.mail_to(&caller.user().to_string())?;
    let present = Password::new(fields.get("present").to_owned());
    let asked = app.accounts().change_email(&caller.principal, present, fields.get("email")).await;
    let mut view = match asked {
        Ok(_) => return see_other("/account/details?done=email"),
        Err(EmailError::Invalid(_) | EmailError::Wrong) => view(&app, &caller).await?,
        Err(other) => return Err(other.into()),
    };
    view.new_email = fields.text("email");
    match asked {
        Err(EmailError::Wrong) => view.email_password_fault = WRONG,
        _ if view.new_email.eq_ignore_ascii_case(&view.email) => {
            view.email_fault = "This is your address already.";
        }
        _ => view.email_fault = "Enter an email address like name@example.com.",
    }
    page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}

pub(super) async fn password(
    State(app): State<App>,
    Customer(caller): Customer,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.sessions.gate.limits.account(&caller.user().to_string())?;
    let present = Password::new(fields.get("present").to_owned());
    let new = Password::new(fields.get("new").to_owned());
    let who = (&caller.principal, caller.token);
    let refused = match app.accounts().change_password(who, present, &new).await {
        Ok(()) => return see_other("/account/details?done=password"),
        Err(refused @ (PasswordError::Invalid(_) | PasswordError::Wrong)) => refused,
        Err(other) => return Err(other.into()),
    };
    let mut view = view(&app, &caller).await?;
    match refused {
        PasswordError::Invalid(faults) => view.new_fault = password_fault(&faults),
        _ => view.present_fault = WRONG,
    }
    page(&app, StatusCode::UNPROCESSABLE_ENTITY, &view)
}

/// What is wrong with a new password.
pub(super) fn password_fault(faults: &[FieldFault]) -> &'static str {
    match faults.first() {
        Some(_) => "Choose a password of 8 to 200 characters.",
        None => "",
    }
}
