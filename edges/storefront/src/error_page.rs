//! Problems as pages: every refusal that leaves as a problem document is dressed for people, with
//! its status, its headers and its line in the log left as they are.

use crate::render::{self, Head};
use crate::state::App;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use souk_webkit::{dressed, is_problem};

#[derive(Serialize)]
struct View {
    status: u16,
    title: &'static str,
    says: &'static str,
}

/// Turns a problem document into a page; anything else passes.
pub async fn dress(State(app): State<App>, response: Response) -> Response {
    if !is_problem(&response) {
        return response;
    }
    let view = view(response.status());
    match render::text(&app, "error.html", &Head::private(view.title), &view) {
        Ok(page) => dressed(response, page),
        Err(_) => response,
    }
}

fn view(status: StatusCode) -> View {
    let (title, says) = match status.as_u16() {
        404 | 405 => (
            "This page is not here",
            "It may have moved, or it may belong to somebody who is signed in on another device.",
        ),
        401 => ("Please sign in", "This page is for its owner only."),
        403 => (
            "That did not come from this shop",
            "Another website asked for a change here in your name, so nothing was done. Open the \
             page here and try again.",
        ),
        429 => (
            "One moment, please",
            "There were too many requests at once. Wait a few seconds, then try again.",
        ),
        501 => (
            "This shop can't take payments yet",
            "No payment provider is connected, so nothing can be ordered. Your cart stays as it is.",
        ),
        503 => (
            "We are busy right now",
            "Nothing was lost and nothing was charged. Try again in a moment.",
        ),
        400..=499 => (
            "That did not work",
            "Something about the request was not right. Go back and try again.",
        ),
        _ => (
            "Something broke on our side",
            "It was recorded, and we will look at it. If you were paying, your orders page shows \
             how it ended.",
        ),
    };
    View { status: status.as_u16(), title, says }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_refusal_has_its_words() {
        let title = |status| view(StatusCode::from_u16(status).unwrap()).title;
        let titles = [401, 403, 404, 422, 429, 500, 501, 503].map(title);
        for (at, title) in titles.iter().enumerate() {
            assert!(!titles[..at].contains(title), "{title} is said twice");
        }
        assert_eq!(title(405), title(404));
        assert_eq!(title(413), title(422));
    }
}
