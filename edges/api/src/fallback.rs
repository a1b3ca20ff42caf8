//! What is not here, as problems.

use crate::ApiState;
use axum::Router;
use axum::http::StatusCode;
use axum::routing::any;
use souk_webkit::Problem;

/// The rest of `/api`.
pub(crate) fn routes() -> Router<ApiState> {
    // `{*rest}` matches everything but nothing, so the two empty ones are named.
    ["/api", "/api/", "/api/{*rest}"]
        .into_iter()
        .fold(Router::new(), |router, path| router.route(path, any(not_found)))
}

async fn not_found() -> Problem {
    Problem::new(StatusCode::NOT_FOUND, "no_such_route", "there is no such route: see /api/docs")
}

pub(crate) async fn method_not_allowed() -> Problem {
    let detail = "the route exists, but not with this method: see Allow";
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
}

#[cfg(test)]
mod tests {
    use crate::testing::Shop;

    #[tokio::test]
    async fn an_unknown_path_is_a_problem() {
        let shop = Shop::open();
        for path in ["/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v1/me/nothing"] {
            let answer = shop.get(path).await;
            assert_eq!(answer.problem(), (404, "no_such_route"), "{path}");
        }
    }

    #[tokio::test]
    async fn a_wrong_method_is_told_the_right_ones() {
        let shop = Shop::open();
        let answer = shop.request("PUT", "/api/v1/me").send().await;
        assert_eq!(answer.problem(), (405, "method_not_allowed"));
        assert_eq!(answer.header("allow"), "GET,HEAD,PATCH");
    }
}
