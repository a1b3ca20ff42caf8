//! `/account/privacy`: everything that is kept of somebody, and the end of it.

use super::frame::{Customer, Frame};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use souk_accounts::{DeleteError, Password};
use souk_webkit::{Caller, Form, Problem, see_other};

#[derive(Serialize)]
struct View {
    frame: Frame,
    present_fault: &'static str,
    /// What must end first, in words.
    obstacles: Vec<String>,
}

fn page(app: &App, status: StatusCode, view: &View) -> Result<Response, Problem> {
    render::private_as(status, (app, "privacy.html"), &Head::private("Your data"), view)
}

fn view(caller: &Caller) -> View {
    View { frame: Frame::new("privacy", caller), present_fault: "", obstacles: Vec::new() }
}

pub(super) async fn show(
    State(app): State<App>,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    page(&app, StatusCode::OK, &view(&caller))
}

pub(super) async fn export(
    State(app): State<App>,
    Customer(caller): Customer,
) -> Result<Response, Problem> {
    app.sessions.gate.limits.export(&caller.user().to_string())?;
    let all = app.accounts().export(&caller.principal).await?;
    let text = serde_json::to_string_pretty(&all).map_err(|e| Problem::internal(e.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/json")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_static("attachment; filename=\"my-data.json\""),
        ),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, text).into_response())
}

pub(super) async fn delete(
    State(app): State<App>,
    Customer(caller): Customer,
    Form(fields): Form,
) -> Result<Response, Problem> {
    app.sessions.gate.limits.account(&caller.user().to_string())?;
    let present = Password::new(fields.get("present").to_owned());
    let mut view = view(&caller);
    let status = match app.accounts().delete(&caller.principal, present).await {
        Ok(()) => {
            let gone = see_other("/account/deleted")?;
            return Ok(visitor::with_cookie(gone, Some(app.sessions.cookies.clear())));
        }
        Err(DeleteError::Wrong) => {
            view.present_fault = "This is not your password.";
            StatusCode::UNPROCESSABLE_ENTITY
        }
        Err(DeleteError::NotYet(obstacles)) => {
            view.obstacles = obstacles;
            StatusCode::CONFLICT
        }
        Err(other) => return Err(other.into()),
    };
    page(&app, status, &view)
}
