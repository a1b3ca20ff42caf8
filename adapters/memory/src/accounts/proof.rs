//! One-time tokens, and accounts that end.

use super::{MemoryAccounts, State};
use async_trait::async_trait;
use souk_accounts::port::{Erased, Erasure, Erasures, Proofs, Proven};
use souk_accounts::{Kind, Proof, Purpose, TokenDigest};
use souk_kernel::{PortError, Timestamp, UserId};

impl State {
    fn proof(&self, token: &TokenDigest, now: Timestamp) -> Option<&Proof> {
        self.proofs.get(token).filter(|proof| now < proof.expires)
    }

    fn prove_email(&mut self, token: &TokenDigest, now: Timestamp) -> Option<Proven> {
        let proof = self.proof(token, now).filter(|p| p.purpose == Purpose::VerifyEmail)?.clone();
        self.proofs.remove(token);
        if self.emails.get(&proof.email).is_some_and(|owner| *owner != proof.user) {
            return Some(Proven::EmailTaken);
        }
        let row = self.users.get_mut(&proof.user)?;
        let first = !row.user.verified;
        let before = row.user.email.replace(proof.email.clone());
        row.user.verified = true;
        let before = before.filter(|before| *before != proof.email);
        if let Some(before) = &before {
            self.emails.remove(before);
        }
        self.emails.insert(proof.email, proof.user);
        Some(Proven::Done { user: proof.user, before, first })
    }

    fn reset_password(
        &mut self,
        token: &TokenDigest,
        hash: String,
        now: Timestamp,
    ) -> Option<(UserId, Vec<TokenDigest>)> {
        let proof = self.proof(token, now).filter(|p| p.purpose == Purpose::ResetPassword)?.clone();
        let row = self.users.get_mut(&proof.user)?;
        if row.user.email.as_ref() != Some(&proof.email) {
            return None;
        }
        row.password_hash = Some(hash);
        row.user.verified = true;
        self.drop_proofs(proof.user, Some(Purpose::ResetPassword));
        Some((proof.user, self.close_all(proof.user, None)))
    }

    fn end_account(&mut self, erasure: Erasure, hash: &str) -> Option<Vec<TokenDigest>> {
        let row = self.users.get(&erasure.user)?;
        if row.password_hash.as_deref() != Some(hash) {
            return None;
        }
        if let Some(email) = &row.user.email {
            self.emails.remove(email);
        }
        self.users.remove(&erasure.user);
        self.drop_proofs(erasure.user, None);
        self.erasures.insert(erasure.user, (erasure, None));
        Some(self.close_all(erasure.user, None))
    }

    fn end_guest(&mut self, erasure: Erasure) -> Option<Vec<TokenDigest>> {
        let user = erasure.user;
        if self.users.get(&user).is_some_and(|row| row.user.kind == Kind::Customer) {
            return None;
        }
        self.users.remove(&user);
        self.erasures.entry(user).or_insert((erasure, None));
        Some(self.close_all(user, None))
    }
}

#[async_trait]
impl Proofs for MemoryAccounts {
    async fn add_proof(&self, proof: Proof) -> Result<bool, PortError> {
        let mut state = self.0.lock();
        if !state.users.get(&proof.user).is_some_and(|row| row.user.kind == Kind::Customer) {
            return Ok(false);
        }
        if state.proofs.contains_key(&proof.token) {
            return Err(PortError::Conflict(String::from("the token exists")));
        }
        state.drop_proofs(proof.user, Some(proof.purpose));
        state.proofs.insert(proof.token, proof);
        Ok(true)
    }

    async fn find_proof(
        &self,
        token: &TokenDigest,
        now: Timestamp,
    ) -> Result<Option<Proof>, PortError> {
        Ok(self.0.lock().proof(token, now).cloned())
    }

    async fn prove_email(&self, token: &TokenDigest, now: Timestamp) -> Result<Proven, PortError> {
        Ok(self.0.lock().prove_email(token, now).unwrap_or(Proven::NoSuchProof))
    }

    async fn reset_password(
        &self,
        token: &TokenDigest,
        password_hash: String,
        now: Timestamp,
    ) -> Result<Option<(UserId, Vec<TokenDigest>)>, PortError> {
        Ok(self.0.lock().reset_password(token, password_hash, now))
    }

    async fn remove_stale_proofs(&self, by: Timestamp, limit: u32) -> Result<u32, PortError> {
        let mut state = self.0.lock();
        let stale = state.proofs.values().filter(|proof| proof.expires <= by);
        let stale: Vec<TokenDigest> = stale.map(|proof| proof.token).take(limit as usize).collect();
        for token in &stale {
            state.proofs.remove(token);
        }
        Ok(stale.len() as u32)
    }
}

#[async_trait]
impl Erasures for MemoryAccounts {
    async fn end_account(
        &self,
        erasure: Erasure,
        expected_hash: String,
    ) -> Result<Option<Vec<TokenDigest>>, PortError> {
        Ok(self.0.lock().end_account(erasure, &expected_hash))
    }

    async fn end_guest(&self, erasure: Erasure) -> Result<Option<Vec<TokenDigest>>, PortError> {
        Ok(self.0.lock().end_guest(erasure))
    }

    async fn erasure_of(&self, user: UserId) -> Result<Option<Erased>, PortError> {
        let state = self.0.lock();
        let found = state.erasures.get(&user);
        Ok(found.map(|(erasure, done)| Erased { asked: erasure.asked, done: *done }))
    }

    async fn due_erasures(&self, now: Timestamp, limit: u32) -> Result<Vec<Erasure>, PortError> {
        let state = self.0.lock();
        let open = state.erasures.values().filter(|(_, done)| done.is_none());
        let mut due: Vec<Erasure> =
            open.map(|(erasure, _)| *erasure).filter(|erasure| erasure.due <= now).collect();
        due.sort_by_key(|erasure| (erasure.due, erasure.user));
        due.truncate(limit as usize);
        Ok(due)
    }

    async fn postpone_erasure(&self, user: UserId, due: Timestamp) -> Result<(), PortError> {
        if let Some((erasure, _)) = self.0.lock().erasures.get_mut(&user) {
            erasure.due = due;
        }
        Ok(())
    }

    async fn finish_erasure(&self, user: UserId, at: Timestamp) -> Result<(), PortError> {
        if let Some((_, done)) = self.0.lock().erasures.get_mut(&user) {
            done.get_or_insert(at);
        }
        Ok(())
    }
}
