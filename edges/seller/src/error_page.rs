//! Problems as pages: every refusal that leaves as a problem document is dressed for people, with its
//! status, its headers and its line in the log left as they are. Sellers read the problem's own words.

use crate::guard::{Me, known};
use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use souk_webkit::{Problem, dressed, is_problem, no_page, told};

/// Turns a problem document into a page; anything else passes.
pub(crate) async fn dress(State(app): State<App>, response: Response) -> Response {
    if !is_problem(&response) {
        return response;
    }
    let (response, told) = told(response).await;
    let (me, head) = (response.extensions().get::<Me>(), Head::of("", told.title));
    match render::text(&app, me, ("error.html", &head), &told) {
        Ok(page) => dressed(response, page),
        Err(_) => response,
    }
}

/// What no route has.
pub(crate) async fn nowhere() -> Problem {
    no_page()
}

/// A method that a route doesn't take, said in the frame of whoever is signed in.
pub(crate) async fn wrong_method(State(app): State<App>, headers: HeaderMap) -> Response {
    let mut response = souk_webkit::wrong_method().into_response();
    if let Ok(Some(me)) = known(&app, &headers).await {
        response.extensions_mut().insert(me);
    }
    response
}
