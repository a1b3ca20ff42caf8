//! Accounts in memory: the executable specification of the port.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_accounts::port::{
    Accounts, Bearer, Bearers, Credentials, NewAddress, NewCustomer, NewGuest, NewPassword,
    NewSession, Unregistered,
};
use souk_accounts::{Address, Email, Kind, Profile, Session, TokenDigest, User};
use souk_kernel::{Answers, PortError, SessionId, Timestamp, UserId};
use std::cmp::Reverse;
use std::collections::HashMap;

/// The store: one lock, so that each intent is atomic.
#[derive(Default)]
pub struct MemoryAccounts(Mutex<State>);

#[derive(Default)]
struct State {
    users: HashMap<UserId, Row>,
    emails: HashMap<Email, UserId>,
    sessions: HashMap<TokenDigest, (UserId, NewSession)>,
}

struct Row {
    user: User,
    password_hash: Option<String>,
    address: Option<Address>,
}

impl State {
    fn is_free(&self, session: &NewSession) -> Result<(), PortError> {
        if self.sessions.contains_key(&session.token) {
            return Err(PortError::Conflict(String::from("the session exists")));
        }
        Ok(())
    }

    fn open(&mut self, user: UserId, session: NewSession) {
        self.sessions.insert(session.token, (user, session));
    }

    fn close(&mut self, token: &TokenDigest) -> bool {
        self.sessions.remove(token).is_some()
    }

    fn add_guest(&mut self, intent: NewGuest) -> Result<(), PortError> {
        if self.users.contains_key(&intent.user) {
            return Err(PortError::Conflict(String::from("the user exists")));
        }
        self.is_free(&intent.session)?;
        let created = intent.session.created;
        let user = User { id: intent.user, kind: Kind::Guest, email: None, name: None, created };
        self.users.insert(intent.user, Row { user, password_hash: None, address: None });
        self.open(intent.user, intent.session);
        Ok(())
    }

    fn register(&mut self, intent: NewCustomer) -> Result<(), Unregistered> {
        let guest = self.users.get(&intent.user).filter(|row| row.user.kind == Kind::Guest);
        let created = match (guest, intent.guest) {
            (Some(row), Some(_)) => row.user.created,
            (None, Some(_)) => return Err(Unregistered::NotAGuest),
            (_, None) if self.users.contains_key(&intent.user) => {
                return Err(PortError::Conflict(String::from("the user exists")).into());
            }
            (_, None) => intent.session.created,
        };
        if self.emails.contains_key(&intent.email) {
            return Err(Unregistered::EmailTaken);
        }
        self.is_free(&intent.session)?;
        let address = self.users.remove(&intent.user).and_then(|row| row.address);
        let (email, name) = (Some(intent.email.clone()), Some(intent.name));
        let user = User { id: intent.user, kind: Kind::Customer, email, name, created };
        let password_hash = Some(intent.password_hash);
        self.users.insert(intent.user, Row { user, password_hash, address });
        self.emails.insert(intent.email, intent.user);
        if let Some(guest) = intent.guest {
            self.close(&guest);
        }
        self.open(intent.user, intent.session);
        Ok(())
    }

    fn find_session(&self, token: &TokenDigest) -> Option<Session> {
        let (user, session) = self.sessions.get(token)?;
        let kind = self.users.get(user)?.user.kind;
        let NewSession { id, created, expires, .. } = *session;
        Some(Session { id, user: *user, kind, created, expires })
    }

    fn profile(&self, user: UserId) -> Option<Profile> {
        let Row { user, address, .. } = self.users.get(&user)?;
        Some(Profile { user: user.clone(), address: address.clone() })
    }

    fn remove_expired(&mut self, by: Timestamp, limit: u32) -> u32 {
        let expired =
            |(_, (_, session)): &(&TokenDigest, &(UserId, NewSession))| session.expires <= by;
        let mut oldest: Vec<(Timestamp, TokenDigest)> =
            self.sessions.iter().filter(expired).map(|(t, (_, s))| (s.expires, *t)).collect();
        oldest.sort();
        oldest.truncate(limit as usize);
        for (_, token) in &oldest {
            self.close(token);
        }
        oldest.len() as u32
    }
}

#[async_trait]
impl Bearers for MemoryAccounts {
    async fn find_bearers(&self, tokens: Vec<TokenDigest>) -> Answers<Option<Bearer>, PortError> {
        let state = self.0.lock();
        let bearer = |token: &TokenDigest| {
            let session = state.find_session(token)?;
            Some((session, state.profile(session.user)?))
        };
        tokens.iter().map(|token| Ok(bearer(token))).collect()
    }
}

#[async_trait]
impl Accounts for MemoryAccounts {
    async fn add_guests(&self, intents: Vec<NewGuest>) -> Answers<(), PortError> {
        let mut state = self.0.lock();
        intents.into_iter().map(|intent| state.add_guest(intent)).collect()
    }

    async fn register(&self, intent: NewCustomer) -> Result<(), Unregistered> {
        self.0.lock().register(intent)
    }

    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        let state = self.0.lock();
        let row = state.emails.get(email).and_then(|user| state.users.get(user));
        Ok(row.and_then(|row| {
            let password_hash = row.password_hash.clone()?;
            Some(Credentials { user: row.user.clone(), password_hash })
        }))
    }

    async fn add_session(&self, user: UserId, session: NewSession) -> Result<bool, PortError> {
        let mut state = self.0.lock();
        if !state.users.contains_key(&user) {
            return Ok(false);
        }
        state.is_free(&session)?;
        state.open(user, session);
        Ok(true)
    }

    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, PortError> {
        Ok(self.0.lock().find_session(token))
    }

    async fn renew_session(
        &self,
        token: &TokenDigest,
        expires: Timestamp,
    ) -> Result<bool, PortError> {
        let mut state = self.0.lock();
        let Some((_, session)) = state.sessions.get_mut(token) else { return Ok(false) };
        session.expires = session.expires.max(expires);
        Ok(true)
    }

    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError> {
        Ok(self.0.lock().close(token))
    }

    async fn sessions_of(&self, user: UserId, limit: u32) -> Result<Vec<Session>, PortError> {
        let state = self.0.lock();
        let own = state.sessions.iter().filter(|(_, (owner, _))| *owner == user);
        let mut own: Vec<Session> =
            own.filter_map(|(token, _)| state.find_session(token)).collect();
        own.sort_by_key(|session| Reverse(session.id));
        own.truncate(limit as usize);
        Ok(own)
    }

    async fn end_session_of(
        &self,
        user: UserId,
        session: SessionId,
    ) -> Result<Option<TokenDigest>, PortError> {
        let mut state = self.0.lock();
        let mut all = state.sessions.iter();
        let found = all.find(|(_, (owner, kept))| *owner == user && kept.id == session);
        let found = found.map(|(token, _)| *token);
        found.iter().for_each(|token| {
            state.close(token);
        });
        Ok(found)
    }

    async fn set_password(
        &self,
        intent: NewPassword,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        let mut state = self.0.lock();
        let row = state.users.get_mut(&intent.user);
        let Some(row) = row.filter(|r| r.password_hash.as_ref() == Some(&intent.expected_hash))
        else {
            return Ok(None);
        };
        row.password_hash = Some(intent.password_hash);
        let own = state.sessions.iter().filter(|(_, (owner, _))| *owner == intent.user);
        let others = own.map(|(token, _)| *token).filter(|token| *token != intent.keep);
        let others: Vec<TokenDigest> = others.collect();
        for token in &others {
            state.close(token);
        }
        Ok(Some(others))
    }

    async fn remove_expired(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        Ok(self.0.lock().remove_expired(by, limit))
    }

    async fn get_profile(&self, user: UserId) -> Result<Option<Profile>, PortError> {
        Ok(self.0.lock().profile(user))
    }

    async fn put_addresses(&self, intents: Vec<NewAddress>) -> Answers<bool, PortError> {
        let mut state = self.0.lock();
        let put = |intent: NewAddress| match state.users.get_mut(&intent.user) {
            None => Ok(false),
            Some(row) => {
                row.address = Some(intent.address);
                Ok(true)
            }
        };
        intents.into_iter().map(put).collect()
    }
}
