//! What others say of a product: the product page's section, the whole list, one's own review.

mod list;
mod mark;
mod view;
mod write;

pub use view::{Section, StarsView};

use crate::state::App;
use crate::visitor::known;
use axum::Router;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use souk_reviews::Author;
use souk_webkit::Problem;

pub fn routes() -> Router<App> {
    Router::new()
        .route("/p/{product}/reviews", get(list::show))
        .route("/p/{product}/review", get(write::show).post(write::save))
        .route("/p/{product}/review/delete", post(write::remove))
        .route("/reviews/{review}/helpful", post(mark::helpful))
        .route("/reviews/{review}/report", post(mark::report))
}

/// Who may write: somebody with an account. Guests and strangers are asked to sign in.
async fn author(app: &App, headers: &HeaderMap) -> Result<Option<Author>, Problem> {
    let Some(caller) = known(app, headers).await? else { return Ok(None) };
    let profile = app.accounts().profile(caller.user()).await?;
    let (name, email_verified) = (profile.user.name.clone(), profile.user.verified);
    Ok(name.map(|name| Author { user: caller.user(), name: Some(name), email_verified }))
}
