//! `GET /admin/health`: how the process and its engines are.

use crate::guard::Me;
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use souk_webkit::Problem;

#[derive(Serialize)]
struct View {
    well: bool,
    signs: Vec<Sign>,
}

#[derive(Serialize)]
struct Sign {
    name: String,
    says: String,
    well: bool,
}

pub(crate) async fn show(State(app): State<App>, me: Me) -> Result<Response, Problem> {
    let signs = app.vitals.signs().await.into_iter();
    let signs: Vec<Sign> =
        signs.map(|sign| Sign { name: sign.name, says: sign.says, well: sign.well }).collect();
    let view = View { well: signs.iter().all(|sign| sign.well), signs };
    render::page(&app, &me, ("health.html", &Head::of("/admin/health", "Health")), &view)
}
