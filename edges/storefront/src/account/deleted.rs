//! `GET /account/deleted`: goodbye.

use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use souk_webkit::Problem;

pub(super) async fn show(State(app): State<App>) -> Result<Response, Problem> {
    render::private(&app, "deleted.html", &Head::private("Your account is deleted"), &())
}
