//! Who visits: known by the session's cookie, a guest from the first change of a cart on.

use crate::state::App;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use souk_accounts::{Grant, Kind, Principal};
use souk_cart::Owner;
use souk_webkit::{Caller, Problem, href, see_other};

/// Whose cart it is.
pub const fn owner(principal: &Principal) -> Owner {
    Owner { user: principal.user, guest: matches!(principal.kind, Kind::Guest) }
}

/// Who asks, if anybody is known.
pub async fn known(app: &App, headers: &HeaderMap) -> Result<Option<Caller>, Problem> {
    Ok(app.sessions.caller(headers).await?)
}

/// Who asks; a new guest when nobody is known. The cookie must go with the answer.
pub async fn known_or_guest(
    app: &App,
    headers: &HeaderMap,
) -> Result<(Principal, Option<HeaderValue>), Problem> {
    if let Some(caller) = known(app, headers).await? {
        return Ok((caller.principal, None));
    }
    let grant = app.accounts().mint_guest().await?;
    Ok((grant.principal, Some(cookie(app, &grant))))
}

/// The cookie that keeps a session.
pub fn cookie(app: &App, grant: &Grant) -> HeaderValue {
    app.sessions.cookies.set(&grant.token, app.now(), grant.expires)
}

/// An answer with that cookie, if there is one to set.
pub fn with_cookie(mut response: Response, cookie: Option<HeaderValue>) -> Response {
    if let Some(cookie) = cookie {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// To the sign-in page, and back here afterwards.
pub fn sign_in_first(back: &str) -> Result<Response, Problem> {
    see_other(&href("/account/sign-in", &[("next".into(), back.into())]))
}

/// Where nobody takes money nothing can be ordered: said before anything is held or written.
pub async fn can_pay(State(app): State<App>, request: Request, next: Next) -> Response {
    if app.shop.pays || !request.uri().path().starts_with("/checkout") {
        return next.run(request).await;
    }
    let detail = "no payment provider is connected: nothing can be ordered yet";
    Problem::new(StatusCode::NOT_IMPLEMENTED, "paying_not_set_up", detail).into_response()
}

/// A shop on this machine has two names, and a cookie belongs to one of them: pages asked for by
/// the other name lead to the one that the gateway leads back to.
pub async fn one_host(State(app): State<App>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET)
        && let Some(host) = request.headers().get(header::HOST).and_then(|host| host.to_str().ok())
        && let Some(port) = host.strip_prefix("localhost")
        && app.shop.base_url.strip_prefix("http://127.0.0.1") == Some(port)
    {
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        return see_other(&format!("{}{path}", app.shop.base_url))
            .unwrap_or_else(IntoResponse::into_response);
    }
    next.run(request).await
}
