//! `/me/preferences`: which mails you want.

use crate::ApiState;
use crate::openapi::{BodyProblems, EngineProblems, ProblemDoc, SessionProblems};
use axum::extract::State;
use serde::{Deserialize, Serialize};
use souk_kernel::UserId;
use souk_notifications::Topic;
use souk_webkit::{Caller, Json, Problem};
use utoipa::ToSchema;

/// Which mails you want. What orders and the account itself need is always sent.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MailPreferences)]
pub(crate) struct PreferencesView {
    /// When something that you watch costs less.
    price_drops: bool,
    /// When something that you wait for can be bought.
    back_in_stock: bool,
}

async fn view(state: &ApiState, user: UserId) -> Result<PreferencesView, Problem> {
    let declined = state.preferences.declined(user).await?;
    let wanted = |topic| !declined.contains(&topic);
    Ok(PreferencesView {
        price_drops: wanted(Topic::PriceDrops),
        back_in_stock: wanted(Topic::BackInStock),
    })
}

/// See which mails you want
#[utoipa::path(
    get,
    path = "/me/preferences",
    tag = "accounts",
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "Your preferences.", body = PreferencesView),
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn get(
    State(state): State<ApiState>,
    caller: Caller,
) -> Result<Json<PreferencesView>, Problem> {
    Ok(Json(view(&state, caller.user()).await?))
}

/// Say which mails you want
#[utoipa::path(
    put,
    path = "/me/preferences",
    tag = "accounts",
    request_body = PreferencesView,
    security(("session" = []), ("cookie" = [])),
    responses(
        (status = 200, description = "Your preferences from now on.", body = PreferencesView),
        (status = 422, description = "`body_invalid`: a field is missing or of another type.",
         body = ProblemDoc, content_type = "application/problem+json"),
        BodyProblems,
        SessionProblems,
        EngineProblems
    )
)]
pub(crate) async fn put(
    State(state): State<ApiState>,
    caller: Caller,
    Json(request): Json<PreferencesView>,
) -> Result<Json<PreferencesView>, Problem> {
    let user = caller.user();
    for (topic, wanted) in
        [(Topic::PriceDrops, request.price_drops), (Topic::BackInStock, request.back_in_stock)]
    {
        state.preferences.decline(user, topic, !wanted).await?;
    }
    Ok(Json(view(&state, user).await?))
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;
    use serde_json::{Value, json};

    const PATH: &str = "/api/v1/me/preferences";

    async fn get(shop: &Shop, token: &str) -> Value {
        shop.request("GET", PATH).bearer(token).send().await.body
    }

    #[tokio::test]
    async fn everything_is_wanted_until_somebody_says_otherwise_200_422() {
        let shop = Shop::open();
        let (token, other) = (shop.guest().await, shop.guest().await);
        let all = json!({"price_drops": true, "back_in_stock": true});
        let one = json!({"price_drops": false, "back_in_stock": true});
        assert_eq!(get(&shop, &token).await, all);
        let put = shop.request("PUT", PATH).bearer(&token).json(&one).send().await;
        assert_eq!((put.status, &put.body), (200, &one));
        assert_eq!(get(&shop, &token).await, one);
        assert_eq!(get(&shop, &other).await, all, "others are not concerned");
        let put = shop.request("PUT", PATH).bearer(&token).json(&all).send().await;
        assert_eq!(put.body, all);
        let part = json!({"price_drops": true});
        let put = shop.request("PUT", PATH).bearer(&token).json(&part).send().await;
        assert_eq!(put.problem(), (422, "body_invalid"));
    }
}
