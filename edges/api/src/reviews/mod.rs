//! Reviews: reading them is for everybody, writing, voting and reporting for accounts.

mod change;
mod list;
mod mark;
mod own;
mod view;
mod write;

use crate::ApiState;
use souk_reviews::Author;
use souk_webkit::{Caller, Problem};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// This context's endpoints.
pub(crate) fn routes() -> OpenApiRouter<ApiState> {
    OpenApiRouter::new()
        .routes(routes!(list::handler))
        .routes(routes!(write::handler))
        .routes(routes!(own::handler))
        .routes(routes!(change::edit))
        .routes(routes!(change::remove))
        .routes(routes!(mark::vote))
        .routes(routes!(mark::unvote))
        .routes(routes!(mark::report))
}

/// Who asks, as reviews know them: a guest has no name.
async fn author(state: &ApiState, caller: &Caller) -> Result<Author, Problem> {
    let user = caller.user();
    let profile = state.accounts.profile(user).await?;
    let (name, email_verified) = (profile.user.name.clone(), profile.user.verified);
    Ok(Author { user, name, email_verified })
}

#[cfg(test)]
mod tests;
