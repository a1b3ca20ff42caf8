//! The memory adapter behind a counter that can be made to fail.

use async_trait::async_trait;
use souk_accounts::port::{
    Accounts, AddressBooks, Bearer, Bearers, Credentials, Erased, Erasure, Erasures, NewAddress,
    NewCustomer, NewGuest, NewSession, Proofs, Proven, Unregistered,
};
use souk_accounts::{
    AddressBook, BookChange, BookRefusal, Email, Profile, Proof, Session, TokenDigest,
};
use souk_kernel::{Answers, PortError, Timestamp, UserId};
use souk_memory::accounts::MemoryAccounts;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// Counts reads, fails when told, and can run something in the middle of a read.
#[derive(Default)]
pub struct Probe {
    pub inner: MemoryAccounts,
    pub reads: AtomicUsize,
    pub renewals: AtomicUsize,
    pub down: AtomicBool,
    pub amid_read: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

impl Probe {
    fn check(&self) -> Result<(), PortError> {
        let down = self.down.load(Ordering::SeqCst);
        if down { Err(PortError::Unavailable("told to".into())) } else { Ok(()) }
    }

    fn read(&self) -> Result<(), PortError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        self.check()
    }

    fn after_read(&self) {
        let act = self.amid_read.lock().expect("no test panics here").take();
        if let Some(act) = act {
            act();
        }
    }
}

#[async_trait]
impl Bearers for Probe {
    async fn find_bearers(&self, tokens: Vec<TokenDigest>) -> Answers<Option<Bearer>, PortError> {
        if let Err(error) = self.read() {
            return tokens.iter().map(|_| Err(error.clone())).collect();
        }
        let found = self.inner.find_bearers(tokens).await;
        self.after_read();
        found
    }
}

#[async_trait]
impl AddressBooks for Probe {
    async fn address_book(&self, user: UserId) -> Result<AddressBook, PortError> {
        self.read()?;
        self.inner.address_book(user).await
    }
    async fn change_book(
        &self,
        user: UserId,
        change: BookChange,
    ) -> Result<Option<Result<AddressBook, BookRefusal>>, PortError> {
        self.check()?;
        self.inner.change_book(user, change).await
    }
}

#[async_trait]
impl Proofs for Probe {
    async fn add_proof(&self, proof: Proof) -> Result<bool, PortError> {
        self.check()?;
        self.inner.add_proof(proof).await
    }
    async fn find_proof(
        &self,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<Proof>, PortError> {
        self.inner.find_proof(token, now).await
    }
    async fn prove_email(&self, token: &TokenDigest, now: Timestamp) -> Result<Proven, PortError> {
        self.inner.prove_email(token, now).await
    }
    async fn reset_password(
        &self,
        token: &TokenDigest,
        hash: String,
        now: Timestamp,
    ) -> Result<Option<(UserId, Vec<TokenDigest>)>, PortError> {
        self.inner.reset_password(token, hash, now).await
    }
    async fn remove_stale_proofs(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        self.inner.remove_stale_proofs(by, limit).await
    }
}

#[async_trait]
impl Erasures for Probe {
    async fn end_account(
        &self,
        erasure: Erasure,
        hash: String,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.inner.end_account(erasure, hash).await
    }
    async fn due_erasures(&self, now: Timestamp, limit: u32) -> Result<Vec<Erasure>, PortError> {
        self.inner.due_erasures(now, limit).await
    }
    async fn end_guest(&self, erasure: Erasure) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.inner.end_guest(erasure).await
    }
    async fn erasure_of(&self, user: UserId) -> Result<Option<Erased>, PortError> {
        self.inner.erasure_of(user).await
    }
    async fn postpone_erasure(&self, user: UserId, due: Timestamp) -> Result<(), PortError> {
        self.inner.postpone_erasure(user, due).await
    }
    async fn finish_erasure(&self, user: UserId, at: Timestamp) -> Result<(), PortError> {
        self.inner.finish_erasure(user, at).await
    }
}

#[async_trait]
impl Accounts for Probe {
    async fn add_guests(&self, intents: Vec<NewGuest>) -> Answers<(), PortError> {
        match self.check() {
            Ok(()) => self.inner.add_guests(intents).await,
            Err(error) => intents.iter().map(|_| Err(error.clone())).collect(),
        }
    }
    async fn register(&self, intent: NewCustomer) -> Result<(), Unregistered> {
        self.check()?;
        self.inner.register(intent).await
    }
    async fn find_credentials(&self, email: &Email) -> Result<Option<Credentials>, PortError> {
        self.check()?;
        self.inner.find_credentials(email).await
    }
    async fn add_session(&self, user: UserId, session: NewSession) -> Result<bool, PortError> {
        self.check()?;
        self.inner.add_session(user, session).await
    }
    async fn find_session(&self, token: &TokenDigest) -> Result<Option<Session>, PortError> {
        self.read()?;
        let found = self.inner.find_session(token).await;
        self.after_read();
        found
    }
    async fn renew_session(&self, token: &TokenDigest, to: Timestamp) -> Result<bool, PortError> {
        self.check()?;
        self.renewals.fetch_add(1, Ordering::SeqCst);
        self.inner.renew_session(token, to).await
    }
    async fn end_session(&self, token: &TokenDigest) -> Result<bool, PortError> {
        self.check()?;
        self.inner.end_session(token).await
    }
    async fn sessions_of(
        &self,
        user: UserId,
        limit: u32,
    ) -> Result<Vec<souk_accounts::Session>, PortError> {
        self.inner.sessions_of(user, limit).await
    }
    async fn end_session_of(
        &self,
        user: UserId,
        session: souk_kernel::SessionId,
    ) -> Result<Option<TokenDigest>, PortError> {
        self.inner.end_session_of(user, session).await
    }
    async fn set_name(&self, user: UserId, name: String) -> Result<bool, PortError> {
        self.inner.set_name(user, name).await
    }
    async fn set_password(
        &self,
        intent: souk_accounts::port::NewPassword,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        self.inner.set_password(intent).await
    }
    async fn remove_expired(&self, before: Timestamp, limit: u32) -> Result<u32, PortError> {
        self.check()?;
        self.inner.remove_expired(before, limit).await
    }
    async fn get_profile(&self, user: UserId) -> Result<Option<Profile>, PortError> {
        self.read()?;
        let found = self.inner.get_profile(user).await;
        self.after_read();
        found
    }
    async fn put_addresses(&self, intents: Vec<NewAddress>) -> Answers<bool, PortError> {
        match self.check() {
            Ok(()) => self.inner.put_addresses(intents).await,
            Err(error) => intents.iter().map(|_| Err(error.clone())).collect(),
        }
    }
}
