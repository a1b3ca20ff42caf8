//! The use cases: become somebody, prove it, say where parcels go.

mod book;
mod demo;
mod privacy;
mod proof;

pub use book::EntryDraft;

use crate::cache::{Cache, CacheKey};
use crate::error::{
    AuthError, FieldFault, PasswordError, ProfileError, RegisterError, SignInError,
};
use crate::hasher::Hashing;
use crate::port::{
    Accounts, Bearers, Courier, Keeper, NewCustomer, NewGuest, NewPassword, NewSession,
    Unregistered,
};
use crate::rules;
use crate::{Device, Email, Kind, Password, Principal, Profile, Session, Token, TokenDigest, User};
use async_trait::async_trait;
use souk_kernel::{
    Clock, DAY_MS, Entropy, HOUR_MS, MINUTE_MS, Mint, PortError, SessionId, Timestamp, UserId, one,
};
use std::sync::Arc;

/// What an operator may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Life of a guest's session after its last use, in milliseconds. Default 7 days.
    pub guest_ttl_ms: i64,
    /// Life of a customer's session after its last use, in milliseconds. Default 30 days.
    pub customer_ttl_ms: i64,
    /// A used session is written anew at most this often, in milliseconds. Default 1 day.
    pub renew_after_ms: i64,
    /// How long a cached session or profile is believed, in milliseconds: how long another process
    /// can be wrong about a sign-out. Default 1 minute; a single process may use hours.
    pub cache_ttl_ms: i64,
    /// How many sessions, and how many profiles, are cached at most. Default 262,144: under full
    /// load about 30 MB and 100 MB.
    pub cache_entries: usize,
    /// How long a link that verifies an address works, in milliseconds. Default 2 days.
    pub verify_ttl_ms: i64,
    /// How long a link that resets a password works, in milliseconds. Default 1 hour.
    pub reset_ttl_ms: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            guest_ttl_ms: 7 * DAY_MS,
            customer_ttl_ms: 30 * DAY_MS,
            renew_after_ms: DAY_MS,
            cache_ttl_ms: MINUTE_MS,
            cache_entries: 1 << 18,
            verify_ttl_ms: 2 * DAY_MS,
            reset_ttl_ms: HOUR_MS,
        }
    }
}

/// A fresh session, with the only copy of its token.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whose.
    pub principal: Principal,
    /// What the bearer shows from now on.
    pub token: Token,
    /// When it ends unless used.
    pub expires: Timestamp,
}

/// What somebody signs up with, unchecked.
#[derive(Debug, Clone)]
pub struct Registration {
    /// Email address.
    pub email: String,
    /// Password.
    pub password: Password,
    /// How to call them.
    pub name: String,
    /// On what.
    pub device: Option<Device>,
}

/// Sessions that are listed.
const SESSIONS_MAX: u32 = 100;

/// The accounts' use cases.
pub struct Service {
    store: Arc<dyn Accounts>,
    bearers: Arc<dyn Bearers>,
    courier: Arc<dyn Courier>,
    keepers: Vec<Arc<dyn Keeper>>,
    hashing: Arc<dyn Hashing>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    mint: Mint,
    settings: Settings,
    sessions: Cache<TokenDigest, Cached<Session>>,
    profiles: Cache<UserId, Cached<Arc<Profile>>>,
}

#[derive(Debug, Clone)]
struct Cached<T> {
    value: T,
    believed_until: Timestamp,
}

impl CacheKey for TokenDigest {
    fn spread(&self) -> u64 {
        let [a, b, c, d, e, f, g, h, ..] = *self.bytes();
        u64::from_be_bytes([a, b, c, d, e, f, g, h])
    }
}

impl CacheKey for UserId {
    fn spread(&self) -> u64 {
        // The tail's 50 random bits, spread over all 64 (Fibonacci hashing).
        self.tail().wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }
}

impl Service {
    /// The use cases over a store. `entropy` must be fit for secrets: tokens come from it.
    #[must_use]
    pub fn new(
        store: Arc<dyn Accounts>,
        hashing: Arc<dyn Hashing>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        mint: Mint,
        settings: Settings,
    ) -> Self {
        Self {
            sessions: Cache::new(settings.cache_entries),
            profiles: Cache::new(settings.cache_entries),
            bearers: store.clone(),
            courier: Arc::new(Silent),
            keepers: Vec::new(),
            store,
            hashing,
            clock,
            entropy,
            mint,
            settings,
        }
    }

    /// Asks somebody else whom tokens belong to: mostly the same store, behind a batch.
    #[must_use]
    pub fn with_bearers(self, bearers: Arc<dyn Bearers>) -> Self {
        Self { bearers, ..self }
    }

    /// Lets letters go out: without a courier nobody can verify an address or reset a password.
    #[must_use]
    pub fn with_courier(self, courier: Arc<dyn Courier>) -> Self {
        Self { courier, ..self }
    }

    /// Where else something is kept of people: asked by [`Service::export`] and [`Service::delete`].
    #[must_use]
    pub fn with_keepers(self, keepers: Vec<Arc<dyn Keeper>>) -> Self {
        Self { keepers, ..self }
    }

    /// A new guest.
    ///
    /// # Errors
    /// The store's.
    pub async fn mint_guest(&self) -> Result<Grant, PortError> {
        let user = self.mint.mint_anywhere();
        let (session, grant) = self.open(user, Kind::Guest, None);
        one(self.store.add_guests(vec![NewGuest { user, session }]).await)?;
        Ok(grant)
    }

    /// Signs somebody up. A guest who asks keeps the user id, and with it cart and orders; the
    /// guest's session ends.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn register(
        &self,
        registration: Registration,
        caller: Option<(Principal, TokenDigest)>,
    ) -> Result<Grant, RegisterError> {
        if caller.is_some_and(|(principal, _)| principal.kind == Kind::Customer) {
            return Err(RegisterError::AlreadyRegistered);
        }
        let (email, name) = check(&registration)?;
        let password = registration.password.reveal().to_owned();
        let password_hash = self.hashing.hash(password, self.entropy.token()).await?;
        let user = match caller {
            Some((principal, _)) => principal.user,
            None => self.mint.mint_anywhere(),
        };
        let guest = caller.map(|(_, token)| token);
        let (session, grant) = self.open(user, Kind::Customer, registration.device);
        let customer = User {
            id: user,
            kind: Kind::Customer,
            email: Some(email.clone()),
            verified: false,
            name: Some(name.clone()),
            created: session.created,
        };
        let to = email.clone();
        let intent = NewCustomer { user, guest, email, name, password_hash, session };
        self.store.register(intent).await.map_err(|refused| match refused {
            Unregistered::EmailTaken => RegisterError::EmailTaken,
            Unregistered::NotAGuest => RegisterError::AlreadyRegistered,
            Unregistered::Port(error) => RegisterError::Port(error),
        })?;
        if let Some(guest) = guest {
            self.sessions.purge(&guest);
        }
        self.profiles.purge(&user);
        self.greet(&customer, to).await;
        Ok(grant)
    }

    /// Opens a session for who knows the password, on a device that is named in the list of sessions.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(
        &self,
        email: &str,
        password: Password,
        device: Option<Device>,
    ) -> Result<Grant, SignInError> {
        let known = match Email::parse(email) {
            Ok(email) => self.store.find_credentials(&email).await?,
            Err(_) => None,
        };
        let (user, hash) = match known {
            Some(known) => (Some(known.user), Some(known.password_hash)),
            None => (None, None),
        };
        // What nobody could have registered costs no more than what somebody did.
        let password: String = password.reveal().chars().take(rules::PASSWORD_MAX + 1).collect();
        let right = self.hashing.verify(password, hash).await?;
        let Some(user) = user.filter(|_| right) else {
            return Err(SignInError::BadCredentials);
        };
        let (session, grant) = self.open(user.id, user.kind, device);
        if self.store.add_session(user.id, session).await? {
            Ok(grant)
        } else {
            Err(SignInError::BadCredentials)
        }
    }

    /// Ends a session. Ending an ended one is fine: the wish is fulfilled.
    ///
    /// # Errors
    /// The store's; the session may then still live.
    pub async fn sign_out(&self, token: &TokenDigest) -> Result<(), PortError> {
        self.store.end_session(token).await?;
        self.sessions.purge(token);
        Ok(())
    }

    /// A principal's live sessions, the latest opened first.
    ///
    /// # Errors
    /// The store's.
    pub async fn sessions(&self, principal: &Principal) -> Result<Vec<Session>, PortError> {
        let now = self.clock.now();
        let found = self.store.sessions_of(principal.user, SESSIONS_MAX).await?;
        Ok(found.into_iter().filter(|session| rules::is_live(session, now)).collect())
    }

    /// Ends one of a principal's sessions. Says whether there was such a one.
    ///
    /// # Errors
    /// The store's; the session may then still live.
    pub async fn end_session(
        &self,
        principal: &Principal,
        session: SessionId,
    ) -> Result<bool, PortError> {
        let ended = self.store.end_session_of(principal.user, session).await?;
        ended.iter().for_each(|token| self.sessions.purge(token));
        Ok(ended.is_some())
    }

    /// Changes the password of who knows the present one. Every other session of theirs ends.
    ///
    /// # Errors
    /// [`PasswordError`]; then nothing was changed.
    pub async fn change_password(
        &self,
        (principal, keep): (&Principal, TokenDigest),
        present: Password,
        new: &Password,
    ) -> Result<(), PasswordError> {
        let user = match self.user(principal.user).await {
            Ok(user) if user.email.is_some() => user,
            Ok(_) | Err(ProfileError::NoSuchUser) => return Err(PasswordError::NoAccount),
            Err(ProfileError::Port(error)) => return Err(error.into()),
        };
        rules::check_password(new.reveal())
            .map_err(|reason| PasswordError::Invalid(vec![FieldFault { field: "new", reason }]))?;
        let expected_hash = self.knows_password(&user, present).await?;
        let fresh = self.hashing.hash(new.reveal().to_owned(), self.entropy.token());
        let (user, password_hash) = (principal.user, fresh.await?);
        let intent = NewPassword { user, expected_hash, password_hash, keep };
        let ended = self.store.set_password(intent).await?.ok_or(PasswordError::Wrong)?;
        ended.iter().for_each(|token| self.sessions.purge(token));
        self.tell_password_changed(user).await;
        Ok(())
    }

    /// Who shows this token. Asked by every request: answered from memory when it was asked before.
    ///
    /// # Errors
    /// [`AuthError::NoSession`] for unknown, ended and expired sessions alike.
    pub async fn authenticate(&self, token: &TokenDigest) -> Result<Principal, AuthError> {
        let now = self.clock.now();
        let session = match self.sessions.get(token) {
            Some(cached) if now < cached.believed_until => cached.value,
            _ => {
                let (ticket, open) = (self.sessions.ticket(token), self.profiles.open_ticket());
                let found = one(self.bearers.find_bearers(vec![*token]).await)?;
                let (session, profile) = found.ok_or(AuthError::NoSession)?;
                self.sessions.fill(token, self.believe(session, now), ticket);
                // Whoever shows a session mostly needs the profile next.
                let profile = self.believe(Arc::new(profile), now);
                self.profiles.fill_open(&session.user, profile, open);
                session
            }
        };
        if !rules::is_live(&session, now) {
            return Err(AuthError::NoSession);
        }
        if let Some(expires) = rules::renewal(&session, now, &self.settings) {
            self.renew(token, Session { expires, ..session }, now).await;
        }
        Ok(Principal { user: session.user, kind: session.kind, session: session.id })
    }

    /// The user and the default address, from memory when they were asked before.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub async fn profile(&self, user: UserId) -> Result<Arc<Profile>, ProfileError> {
        let now = self.clock.now();
        if let Some(cached) = self.profiles.get(&user)
            && now < cached.believed_until
        {
            return Ok(cached.value);
        }
        let ticket = self.profiles.ticket(&user);
        let found = self.store.get_profile(user).await?;
        let profile = Arc::new(found.ok_or(ProfileError::NoSuchUser)?);
        self.profiles.fill(&user, self.believe(Arc::clone(&profile), now), ticket);
        Ok(profile)
    }

    /// Removes up to `limit` expired sessions, and as many one-time tokens past their time: for the
    /// sweeper, in small pieces. Fewer than `limit` means that none of either is left.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self, limit: u32) -> Result<u32, PortError> {
        let now = self.clock.now();
        let sessions = self.store.remove_expired(now, limit).await?;
        Ok(sessions.max(self.store.remove_stale_proofs(now, limit).await?))
    }

    fn open(&self, user: UserId, kind: Kind, device: Option<Device>) -> (NewSession, Grant) {
        let token = Token::mint(self.entropy.as_ref());
        let id = self.mint.mint(user.bucket());
        let created = self.clock.now();
        let expires = created.plus_ms(rules::lifetime_ms(kind, &self.settings));
        let session = NewSession { id, token: token.digest(), created, expires, device };
        (session, Grant { principal: Principal { user, kind, session: id }, token, expires })
    }

    fn believe<T>(&self, value: T, now: Timestamp) -> Cached<T> {
        Cached { value, believed_until: now.plus_ms(self.settings.cache_ttl_ms) }
    }

    /// Best effort: a renewal that fails is tried again by the next request.
    async fn renew(&self, token: &TokenDigest, renewed: Session, now: Timestamp) {
        let ticket = self.sessions.ticket(token);
        if let Ok(true) = self.store.renew_session(token, renewed.expires).await {
            self.sessions.fill(token, self.believe(renewed, now), ticket);
        }
    }
}

/// Nobody delivers letters.
struct Silent;

#[async_trait]
impl Courier for Silent {
    async fn send(&self, _: crate::AccountLetter) -> Result<(), PortError> {
        Ok(())
    }
}

fn check(registration: &Registration) -> Result<(Email, String), RegisterError> {
    let mut faults = Vec::new();
    let email = rules::note(&mut faults, "email", Email::parse(&registration.email));
    let password = rules::check_password(registration.password.reveal());
    rules::note(&mut faults, "password", password);
    let name = rules::note(&mut faults, "name", rules::check_name(&registration.name));
    match (email, name) {
        (Some(email), Some(name)) if faults.is_empty() => Ok((email, name)),
        _ => Err(RegisterError::Invalid(faults)),
    }
}
