//! Setting up the second factor, showing it, losing it.

use super::{Grant, Service};
use crate::error::FactorError;
use crate::port::{NewFactor, Proof, Prove};
use crate::rules::factor::{RECOVERY_CODES, Secret, recovery_code, recovery_digest};
use crate::{Act, Actor, Member, StaffId, rules};
use souk_accounts::TokenDigest;
use souk_kernel::PortError;

impl Service {
    /// A secret for an authenticator app; it counts for nothing until [`Self::enrol`].
    #[must_use]
    pub fn fresh_secret(&self) -> Secret {
        Secret::mint(self.entropy.as_ref())
    }

    /// Recovery codes that a member has left; none: there is no second factor.
    ///
    /// # Errors
    /// The store's.
    pub async fn factor_of(&self, member: StaffId) -> Result<Option<usize>, PortError> {
        Ok(self.store.factor(member).await?.map(|factor| factor.recovery))
    }

    /// Sets up a member's second factor, shown by its first code; answers with the recovery codes, which
    /// nobody sees again.
    ///
    /// # Errors
    /// The code is not the secret's; there is a second factor already.
    pub async fn enrol(
        &self,
        (member, session): (&Member, TokenDigest),
        secret: &Secret,
        typed: &str,
    ) -> Result<Vec<String>, FactorError> {
        let step = secret.step_of(typed, self.clock.now()).ok_or(FactorError::Wrong)?;
        let entropy = self.entropy.as_ref();
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code(entropy)).collect();
        let (subject, detail) = (member.id.to_string(), String::from("set up"));
        let act = Act { name: "staff.second_factor", subject, detail };
        let intent = NewFactor {
            member: member.id,
            sealed: self.seal.close(member.id, secret, entropy.token()),
            step,
            recovery: codes.iter().map(|code| recovery_digest(code)).collect(),
            session,
            entry: self.entry(Actor::Member(member.id), act),
        };
        if self.store.put_factor(intent).await? { Ok(codes) } else { Err(FactorError::Exists) }
    }

    /// Opens the session of who shows the second factor: the code of now, or a recovery code.
    ///
    /// # Errors
    /// Not right, or used already; the session that waits for it has ended.
    pub async fn prove(&self, waiting: TokenDigest, typed: &str) -> Result<Grant, FactorError> {
        let now = self.clock.now();
        let session = self.store.find_session(&waiting).await?;
        let session = session.filter(|session| rules::is_live(session, now) && !session.proven);
        let member = session.ok_or(FactorError::NoSession)?.member;
        let factor = self.store.factor(member.id).await?.ok_or(FactorError::NoSession)?;
        let secret = self.seal.open(member.id, &factor.sealed);
        let step = secret.and_then(|secret| secret.step_of(typed, now));
        let (proof, how) = match step {
            Some(step) => (Proof::Code(step), "password and code"),
            None => (Proof::Recovery(recovery_digest(typed)), "password and recovery code"),
        };
        let (grant, session) = self.session(member, how, true);
        let intent = Prove { waiting, proof, session };
        if self.store.prove(intent).await? { Ok(grant) } else { Err(FactorError::Wrong) }
    }

    /// Takes a member's second factor away, because the device and the recovery codes are lost; it ends
    /// their sessions. Says whether there was one.
    ///
    /// # Errors
    /// The store's.
    pub async fn forget_factor(&self, by: Actor, member: StaffId) -> Result<bool, PortError> {
        let (subject, detail) = (member.to_string(), String::from("taken away"));
        let act = Act { name: "staff.second_factor", subject, detail };
        self.store.drop_factor(member, self.entry(by, act)).await
    }
}
