//! `/healthz` (the process runs) and `/readyz` (it can serve).

use crate::ApiState;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use souk_webkit::Problem;

/// Unversioned, and no part of the API's document: for load balancers.
pub(crate) fn routes() -> Router<ApiState> {
    Router::new().route("/healthz", get(healthz)).route("/readyz", get(readyz))
}

async fn healthz() -> &'static str {
    "ok"
}

async fn readyz(State(state): State<ApiState>) -> Response {
    match state.readiness.ready().await {
        Ok(()) => "ready".into_response(),
        Err(cause) => {
            tracing::warn!(cause, "not ready");
            let detail = "an engine behind this process does not answer";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail).into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn healthz_asks_no_engine() {
        let shop = Shop::open();
        shop.engine_down();
        assert_eq!(shop.get("/healthz").await.status, 200);
    }

    #[tokio::test]
    async fn readyz_tells_whether_the_engines_are_there() {
        let shop = Shop::open();
        assert_eq!(shop.get("/readyz").await.status, 200);
        shop.engine_down();
        let answer = shop.get("/readyz").await;
        assert_eq!(answer.problem(), (503, "not_ready"));
        assert_eq!(answer.header("retry-after"), "1");
    }
}
