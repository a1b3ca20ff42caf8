//! `GET /search`: words, filters, order, page.

use super::asked::Asked;
use super::{category, results};
use crate::render::{self, Head};
use crate::state::App;
use crate::visitor::known;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use souk_webkit::{Problem, Query};

pub(super) async fn show(
    State(app): State<App>,
    headers: HeaderMap,
    Query(fields): Query,
) -> Result<Response, Problem> {
    // Whoever is known sees what they like first.
    let user = known(&app, &headers).await?.map(|caller| caller.user());
    let path = category::resolve(&app, fields.get("category")).await?.unwrap_or_default();
    let asked = Asked::read("/search".into(), path, &fields);
    let text = asked.get("q").to_owned();
    let heading = match (text.as_str(), asked.category.last()) {
        ("", Some(category)) => category.clone(),
        ("", None) => "All products".into(),
        (text, _) => format!("“{text}”"),
    };
    let view = results::list(&app, &asked, heading.clone(), user).await?;
    let head = Head { q: text, ..Head::private(heading) };
    if user.is_some() {
        return render::private(&app, "results.html", &head, &view);
    }
    render::public(&app, "results.html", &head, &view)
}
