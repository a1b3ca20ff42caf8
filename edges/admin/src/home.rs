//! `GET /admin`: how the shop is doing.

use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {}

pub(crate) async fn show(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    render::page(&app, &me, ("home.html", &Head::of("/admin", "Overview")), &View {})
}
