//! How often somebody may ask: a bucket for each class of routes and each client, in bounded memory.
//!
//! A bucket refills steadily and holds a burst (the generic cell rate algorithm: one number a bucket).
//! Full memory makes the emptiest buckets be forgotten first: whoever asks a lot is remembered.

use crate::Problem;
use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, StatusCode, header};
use souk_kernel::{Clock, SystemClock};
use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hash};
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};

/// Which limits hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LimitsOn {
    /// None.
    Off,
    /// What guesses passwords, sends mail to others or is read by others: the default.
    #[default]
    SignIn,
    /// All.
    All,
}

impl FromStr for LimitsOn {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "off" => Ok(Self::Off),
            "sign-in" => Ok(Self::SignIn),
            "on" => Ok(Self::All),
            other => Err(format!("{other:?} is none of off, sign-in, on")),
        }
    }
}

/// What is limited together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Passwords tried on one account, from wherever.
    Account,
    /// Passwords and one-time tokens tried, letters asked for, and accounts made, from one address.
    SignIn,
    /// Mails asked for from one address: a new password, a proof of an address.
    Mails,
    /// What others are to read, from one address: reviews, votes, reports.
    Words,
    /// Mails asked for to one account or email address, from wherever.
    MailsTo,
    /// Exports of one person's data.
    Exports,
    /// Guests made from one address.
    Guests,
    /// Searches from one address: the dearest of what anybody may ask.
    Search,
    /// Messages from one address.
    Webhooks,
    /// The rest of the API, by address.
    Api,
    /// Pages, by address.
    Pages,
}

impl Class {
    /// So many a minute, and so many at once.
    const fn rate(self) -> (i64, i64) {
        match self {
            Self::Account => (10, 10),
            Self::SignIn => (30, 30),
            Self::Mails => (6, 12),
            Self::Words => (30, 30),
            Self::MailsTo => (1, 3),
            Self::Exports => (2, 4),
            Self::Guests => (30, 60),
            Self::Search => (600, 200),
            Self::Webhooks => (6_000, 2_000),
            Self::Api | Self::Pages => (1_200, 300),
        }
    }

    /// The class of a route that an address is counted for.
    fn of(method: &Method, route: &str) -> Self {
        let posts = method == Method::POST;
        let changes = method != Method::GET && method != Method::HEAD;
        match route {
            "/api/v1/sessions"
            | "/api/v1/accounts"
            | "/api/v1/password-resets/confirm"
            | "/api/v1/email-verifications"
            | "/account/sign-in"
            | "/account/register"
            | "/account/reset"
            | "/account/verify"
            | "/account/details/password"
            | "/account/privacy/delete"
            | "/admin/sign-in"
            | "/seller/sign-in"
            | "/seller/apply"
                if posts =>
            {
                Self::SignIn
            }
            _ if posts && sends_mail(route) => Self::Mails,
            _ if changes && is_read_by_others(route) => Self::Words,
            "/search" | "/search/suggest" => Self::Search,
            _ if route.starts_with("/api/v1/search") => Self::Search,
            "/api/v1/guests" if posts => Self::Guests,
            _ if route.starts_with("/api/v1/webhooks/") => Self::Webhooks,
            _ if route.starts_with("/api/") => Self::Api,
            _ => Self::Pages,
        }
    }
}

/// Routes that send a mail to whoever is named, or to who asks.
fn sends_mail(route: &str) -> bool {
    matches!(
        route,
        "/account/forgot"
            | "/account/verify/send"
            | "/account/details/email"
            | "/api/v1/password-resets"
            | "/api/v1/me/email/verification"
    )
}

fn is_read_by_others(route: &str) -> bool {
    route.split('/').any(|part| matches!(part, "review" | "reviews"))
        && !route.starts_with("/admin")
}

const SHARDS: usize = 16;
/// Buckets of one shard: 65,536 together, a few megabytes.
const SHARD_MAX: usize = 4_096;
const MINUTE_US: i64 = 60_000_000;

/// Bucket to the moment, in microseconds, at which it is full again.
type Shard = Mutex<HashMap<u64, i64>>;

/// The limits of one process.
pub struct Limits {
    on: LimitsOn,
    /// Whether a proxy in front names the client in `X-Forwarded-For`.
    behind_proxy: bool,
    clock: Arc<dyn Clock>,
    shards: [Shard; SHARDS],
    hasher: RandomState,
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(LimitsOn::Off, false, Arc::new(SystemClock))
    }
}

impl Limits {
    /// Limits by a clock. `behind_proxy`: the last address of `X-Forwarded-For` is the client's.
    #[must_use]
    pub fn new(on: LimitsOn, behind_proxy: bool, clock: Arc<dyn Clock>) -> Self {
        let shards = std::array::from_fn(|_| Mutex::default());
        Self { on, behind_proxy, clock, shards, hasher: RandomState::new() }
    }

    /// Counts a password tried on an account.
    ///
    /// # Errors
    /// Too many of them: 429 `rate_limited`, with `Retry-After`.
    pub fn account(&self, email: &str) -> Result<(), Problem> {
        // However it is spelt, it opens one account.
        self.count(Class::Account, email.trim().to_lowercase())
    }

    /// Counts a mail that somebody asks for: by the account, or by the email address where nobody is
    /// signed in.
    ///
    /// # Errors
    /// Too many of them: 429 `rate_limited`, with `Retry-After`.
    pub fn mail_to(&self, who: &str) -> Result<(), Problem> {
        self.count(Class::MailsTo, who.trim().to_lowercase())
    }

    /// Counts an export of somebody's data.
    ///
    /// # Errors
    /// Too many of them: 429 `rate_limited`, with `Retry-After`.
    pub fn export(&self, who: &str) -> Result<(), Problem> {
        self.count(Class::Exports, who)
    }

    /// Counts a request to a route for the address that it comes from.
    ///
    /// # Errors
    /// Too many of them: 429 `rate_limited`, with `Retry-After`.
    pub fn request(
        &self,
        method: &Method,
        route: &str,
        headers: &HeaderMap,
        extensions: &Extensions,
    ) -> Result<(), Problem> {
        if self.on == LimitsOn::Off {
            return Ok(());
        }
        let class = Class::of(method, route);
        match self.address(headers, extensions) {
            Some(address) => self.count(class, address),
            // Not over a socket: nobody to count.
            None => Ok(()),
        }
    }

    fn address(&self, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
        let named = headers.get_all("x-forwarded-for").iter().next_back();
        let named =
            named.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let address = if self.behind_proxy { named.unwrap_or(peer) } else { peer };
        Some(match address {
            // A household has a whole network of these.
            IpAddr::V6(six) => IpAddr::V6((six.to_bits() & !u128::from(u64::MAX)).into()),
            four => four,
        })
    }

    fn count(&self, class: Class, who: impl Hash) -> Result<(), Problem> {
        let holds = match class {
            Class::Account
            | Class::SignIn
            | Class::Mails
            | Class::MailsTo
            | Class::Exports
            | Class::Words => self.on != LimitsOn::Off,
            _ => self.on == LimitsOn::All,
        };
        if !holds {
            return Ok(());
        }
        let now = self.clock.now().0.saturating_mul(1_000);
        match self.take(class, self.hasher.hash_one((class, who)), now) {
            Ok(()) => Ok(()),
            Err(wait_us) => Err(limited(wait_us)),
        }
    }

    /// Takes one from a bucket; otherwise says in how many microseconds there is one.
    fn take(&self, class: Class, bucket: u64, now: i64) -> Result<(), i64> {
        let (a_minute, burst) = class.rate();
        let each = MINUTE_US / a_minute;
        let shard = &self.shards[(bucket >> 60) as usize % SHARDS];
        // Numbers only: a panic between two of them breaks nothing.
        let mut full_at = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let at = full_at.get(&bucket).copied().unwrap_or(now).max(now);
        let over = at + each - now - each * burst;
        if over > 0 {
            return Err(over);
        }
        if full_at.len() >= SHARD_MAX && !full_at.contains_key(&bucket) {
            full_at.retain(|_, at| *at > now);
            if full_at.len() >= SHARD_MAX
                && let Some(emptiest) = full_at.iter().min_by_key(|(_, at)| **at).map(|(b, _)| *b)
            {
                full_at.remove(&emptiest);
            }
        }
        full_at.insert(bucket, at + each);
        Ok(())
    }
}

fn limited(wait_us: i64) -> Problem {
    let seconds = (wait_us + 999_999) / 1_000_000;
    let detail = format!("too many requests: again in {seconds} s");
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds.unsigned_abs()))
}

#[cfg(test)]
#[path = "limits_tests.rs"]
mod tests;
