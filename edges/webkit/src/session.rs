//! Who asks: the session from a bearer's header or from the cookie.

use crate::{Gate, Problem};
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use souk_accounts::{AuthError, Kind, Principal, Service, Token, TokenDigest};
use souk_kernel::{Timestamp, UserId};
use std::sync::Arc;

/// The session cookie, by transport. Exactly one name is read: behind TLS a cookie without the
/// `__Host-` prefix could have been planted by a neighbour domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookies {
    /// TLS in front: `__Host-souk`, `Secure`.
    Tls,
    /// Plain http on loopback, where browsers refuse `__Host-`: `souk_session`.
    Loopback,
}

impl Cookies {
    /// The cookie's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tls => "__Host-souk",
            Self::Loopback => "souk_session",
        }
    }

    /// The `Set-Cookie` that keeps a token until `expires`.
    #[must_use]
    pub fn set(self, token: &Token, now: Timestamp, expires: Timestamp) -> HeaderValue {
        self.line(token.reveal(), expires.since(now).max(0) / 1_000)
    }

    /// The `Set-Cookie` that forgets it.
    #[must_use]
    pub fn clear(self) -> HeaderValue {
        self.line("", 0)
    }

    fn line(self, value: &str, max_age_s: i64) -> HeaderValue {
        let secure = if self == Self::Tls { "; Secure" } else { "" };
        let name = self.name();
        let line =
            format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{secure}");
        // Tokens are hexadecimal: the line is always a header value.
        HeaderValue::try_from(line).unwrap_or(HeaderValue::from_static(""))
    }

    /// The token in a request's cookies.
    #[must_use]
    pub fn read(self, headers: &HeaderMap) -> Option<&str> {
        let lines = headers.get_all(header::COOKIE).iter();
        let mut pairs =
            lines.filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';'));
        pairs.find_map(|pair| {
            let (name, value) = pair.split_once('=')?;
            (name.trim() == self.name()).then_some(value.trim()).filter(|value| !value.is_empty())
        })
    }
}

/// What opens sessions at a door; its state must offer an `Arc` of it.
pub struct Sessions {
    /// The accounts' use cases.
    pub accounts: Arc<Service>,
    /// How this door is reached.
    pub cookies: Cookies,
    /// What every request passes.
    pub gate: Arc<Gate>,
}

/// No token is longer; digesting more would be the sender's choice of our work.
const TOKEN_MAX: usize = 64;

enum Shown<'a> {
    Bearer(&'a str),
    Cookie(&'a str),
}

impl Sessions {
    /// What the request shows. A header goes before a cookie, even a broken one: a client that
    /// sends it means it.
    fn shown<'a>(&self, headers: &'a HeaderMap) -> Option<Shown<'a>> {
        let Some(value) = headers.get(header::AUTHORIZATION) else {
            return self.cookies.read(headers).map(Shown::Cookie);
        };
        let (scheme, token) =
            value.to_str().unwrap_or_default().split_once(' ').unwrap_or_default();
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        Some(Shown::Bearer(if bearer { token.trim() } else { "" }))
    }

    async fn open(&self, token: &str) -> Result<Caller, AuthError> {
        if token.is_empty() || token.len() > TOKEN_MAX {
            return Err(AuthError::NoSession);
        }
        let token = TokenDigest::of(token);
        let principal = self.accounts.authenticate(&token).await?;
        Ok(Caller { principal, token })
    }

    /// Who asks; none when nobody says, or when a cookie has outlived its session.
    ///
    /// # Errors
    /// A bearer's token that opens nothing; the store's.
    pub async fn caller(&self, headers: &HeaderMap) -> Result<Option<Caller>, AuthError> {
        match self.shown(headers) {
            None => Ok(None),
            Some(Shown::Bearer(token)) => self.open(token).await.map(Some),
            Some(Shown::Cookie(token)) => match self.open(token).await {
                Err(AuthError::NoSession) => Ok(None),
                other => other.map(Some),
            },
        }
    }
}

/// The device that a request comes from, as far as it says so itself.
#[must_use]
pub fn device_of(headers: &HeaderMap) -> Option<souk_accounts::Device> {
    let says = headers.get(header::USER_AGENT)?.to_str().ok()?;
    souk_accounts::device(says)
}

/// Who asks, proven; 401 `unauthenticated` otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The user, guest or customer.
    pub principal: Principal,
    /// By which token, for ending it.
    pub token: TokenDigest,
}

impl Caller {
    /// The user's id: scopes everything that is theirs.
    #[must_use]
    pub const fn user(&self) -> UserId {
        self.principal.user
    }

    /// Guest or customer.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        self.principal.kind
    }
}

impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Arc<Sessions>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let sessions = Arc::<Sessions>::from_ref(state);
        Ok(sessions.caller(&parts.headers).await?.ok_or(AuthError::NoSession)?)
    }
}

/// Who asks, if anybody says. A bearer's token that opens nothing is 401; an outlived cookie is
/// nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MaybeCaller(pub Option<Caller>);

impl<S> FromRequestParts<S> for MaybeCaller
where
    S: Send + Sync,
    Arc<Sessions>: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let sessions = Arc::<Sessions>::from_ref(state);
        Ok(Self(sessions.caller(&parts.headers).await?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cookies(lines: &[&'static str]) -> HeaderMap {
        let line = |line: &&'static str| (header::COOKIE, HeaderValue::from_static(line));
        lines.iter().map(line).collect()
    }

    #[test]
    fn reads_its_own_cookie_only() {
        let headers = cookies(&["a=1; souk_session=abc ;b=2", "c=3; __Host-souk=def"]);
        assert_eq!(Cookies::Loopback.read(&headers), Some("abc"));
        assert_eq!(Cookies::Tls.read(&headers), Some("def"));
        assert_eq!(Cookies::Tls.read(&cookies(&["souk_session=abc"])), None);
        assert_eq!(Cookies::Loopback.read(&cookies(&["souk_session=", "xsouk_session=1"])), None);
    }

    #[test]
    fn a_cookie_is_out_of_reach_of_scripts_and_other_sites() {
        let token = Token::mint(&souk_kernel::SeededEntropy::new(1));
        let line = Cookies::Tls.set(&token, Timestamp(0), Timestamp(7_000));
        let line = line.to_str().unwrap();
        assert!(line.starts_with(&format!("__Host-souk={};", token.reveal())), "{line}");
        assert!(line.ends_with("Path=/; HttpOnly; SameSite=Lax; Max-Age=7; Secure"), "{line}");
        let cleared = Cookies::Loopback.clear();
        assert_eq!(cleared, "souk_session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0");
    }
}
