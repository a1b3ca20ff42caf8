//! Accounts in memory: the executable specification of the port.

mod proof;

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_accounts::port::{
    Accounts, AddressBooks, Bearer, Bearers, Credentials, Erasure, NewAddress, NewCustomer,
    NewGuest, NewPassword, NewSession, Unregistered,
};
use souk_accounts::{
    AddressBook, BookChange, BookRefusal, Email, Kind, Profile, Proof, Purpose, Session,
    TokenDigest, User, changed,
};
use souk_kernel::{Answers, PortError, SessionId, Timestamp, UserId};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};

/// The store: one lock, so that each intent is atomic.
#[derive(Default)]
pub struct MemoryAccounts(Mutex<State>);

#[derive(Default)]
struct State {
    users: HashMap<UserId, Row>,
    emails: HashMap<Email, UserId>,
    sessions: HashMap<TokenDigest, (UserId, NewSession)>,
    proofs: HashMap<TokenDigest, Proof>,
    /// And when they were done.
    erasures: BTreeMap<UserId, (Erasure, Option<Timestamp>)>,
}

struct Row {
    user: User,
    password_hash: Option<String>,
    book: AddressBook,
}

impl MemoryAccounts {
    /// A copy of every customer, the oldest first.
    #[must_use]
    pub fn customers(&self) -> Vec<User> {
        let state = self.0.lock();
        let customers = state.users.values().filter(|row| row.user.kind == Kind::Customer);
        let mut customers: Vec<User> = customers.map(|row| row.user.clone()).collect();
        customers.sort_by_key(|user| user.id);
        customers
    }
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
        let user = User {
            id: intent.user,
            kind: Kind::Guest,
            email: None,
            verified: false,
            name: None,
            created,
        };
        self.users
            .insert(intent.user, Row { user, password_hash: None, book: AddressBook::default() });
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
        let book = self.users.remove(&intent.user).map(|row| row.book).unwrap_or_default();
        let (email, name) = (Some(intent.email.clone()), Some(intent.name));
        let verified = false;
        let user = User { id: intent.user, kind: Kind::Customer, email, verified, name, created };
        let password_hash = Some(intent.password_hash);
        self.users.insert(intent.user, Row { user, password_hash, book });
        self.emails.insert(intent.email, intent.user);
        if let Some(guest) = intent.guest {
            self.close(&guest);
        }
        self.open(intent.user, intent.session);
        Ok(())
    }

    /// Ends a user's sessions but one; answers with their digests.
    fn close_all(&mut self, user: UserId, keep: Option<TokenDigest>) -> Vec<TokenDigest> {
        let own = self.sessions.iter().filter(|(_, (owner, _))| *owner == user);
        let ended = own.map(|(token, _)| *token).filter(|token| Some(*token) != keep);
        let ended: Vec<TokenDigest> = ended.collect();
        for token in &ended {
            self.close(token);
        }
        ended
    }

    fn drop_proofs(&mut self, user: UserId, purpose: Option<Purpose>) {
        self.proofs.retain(|_, proof| {
            proof.user != user || purpose.is_some_and(|purpose| proof.purpose != purpose)
        });
    }

    fn find_session(&self, token: &TokenDigest) -> Option<Session> {
        let (user, session) = self.sessions.get(token)?;
        let kind = self.users.get(user)?.user.kind;
        let NewSession { id, created, expires, device, .. } = *session;
        Some(Session { id, user: *user, kind, created, expires, device })
    }

    fn profile(&self, user: UserId) -> Option<Profile> {
        let Row { user, book, .. } = self.users.get(&user)?;
        let address = book.shipping().map(|entry| entry.address.clone());
        Some(Profile { user: user.clone(), address })
    }

    fn change_book(
        &mut self,
        user: UserId,
        change: BookChange,
    ) -> Option<Result<AddressBook, BookRefusal>> {
        let row = self.users.get_mut(&user)?;
        let new = changed(&row.book, change);
        if let Ok(new) = &new {
            row.book.clone_from(new);
        }
        Some(new)
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
impl AddressBooks for MemoryAccounts {
    async fn address_book(&self, user: UserId) -> Result<AddressBook, PortError> {
        Ok(self.0.lock().users.get(&user).map(|row| row.book.clone()).unwrap_or_default())
    }

    async fn change_book(
        &self,
        user: UserId,
        change: BookChange,
    ) -> Result<Option<Result<AddressBook, BookRefusal>>, PortError> {
        Ok(self.0.lock().change_book(user, change))
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

    async fn set_name(&self, user: UserId, name: String) -> Result<bool, PortError> {
        let mut state = self.0.lock();
        let row = state.users.get_mut(&user).filter(|row| row.user.kind == Kind::Customer);
        let known = row.map(|row| row.user.name = Some(name));
        Ok(known.is_some())
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
        state.drop_proofs(intent.user, Some(Purpose::ResetPassword));
        Ok(Some(state.close_all(intent.user, Some(intent.keep))))
    }

    async fn remove_expired(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        Ok(self.0.lock().remove_expired(by, limit))
    }

    async fn get_profile(&self, user: UserId) -> Result<Option<Profile>, PortError> {
        Ok(self.0.lock().profile(user))
    }

    async fn put_addresses(&self, intents: Vec<NewAddress>) -> Answers<bool, PortError> {
        let mut state = self.0.lock();
        let put = |intent: NewAddress| {
            let NewAddress { user, id, address, at } = intent;
            match state.change_book(user, BookChange::Default { id, address, at }) {
                None => Ok(false),
                Some(Ok(_)) => Ok(true),
                Some(Err(_)) => Err(PortError::Conflict(String::from("the book is full"))),
            }
        };
        intents.into_iter().map(put).collect()
    }
}
