//! `POST /account/sign-out`.

use crate::state::App;
use crate::visitor;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use souk_webkit::{Problem, see_other};

pub(super) async fn sign_out(
    State(app): State<App>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if let Some(caller) = visitor::known(&app, &headers).await? {
        app.accounts().sign_out(&caller.token).await?;
    }
    Ok(visitor::with_cookie(see_other("/")?, Some(app.sessions.cookies.clear())))
}
