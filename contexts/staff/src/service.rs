//! The use cases: add members, sign in and out, ask who asks, change something and say so.

mod factor;

use crate::error::{AddError, ChangeError, ChangeRefusal, RoleError, SignInError};
use crate::port::{AuditPage, NewMember, NewRole, NewStaffSession, Staff, Unadded};
use crate::rules::factor::Seal;
use crate::{
    Act, Actor, AuditEntry, Change, Done, FormKey, Make, Member, PRODUCTS_MAX, Permission, Role,
    StaffId, rules,
};
use souk_accounts::{Email, Hashing, Password, Token, TokenDigest};
use souk_kernel::{Clock, Entropy, HOUR_MS, MINUTE_MS, Mint, PortError, Timestamp};
use std::sync::Arc;

/// How long a session lasts, in milliseconds: a working day.
pub const SESSION_MS: i64 = 12 * HOUR_MS;

/// How long a session waits for the second factor, in milliseconds.
pub const WAITING_MS: i64 = 5 * MINUTE_MS;

/// How far somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Everything was shown.
    Proven,
    /// The second factor has to be shown.
    MustProve,
    /// A second factor has to be set up.
    MustEnrol,
}

/// Who shows a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The member.
    pub member: Member,
    /// How far they are.
    pub stage: Stage,
}

/// A fresh session, with the only copy of its token.
#[derive(Debug, Clone)]
pub struct Grant {
    /// Whose.
    pub member: Member,
    /// What the bearer shows from now on.
    pub token: Token,
    /// When it ends.
    pub expires: Timestamp,
}

/// The use cases of staff.
pub struct Service {
    store: Arc<dyn Staff>,
    hashing: Arc<dyn Hashing>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    mint: Mint,
    seal: Seal,
    required: bool,
}

impl Service {
    /// The use cases over a store. `entropy` must be fit for secrets: tokens come from it.
    #[must_use]
    pub fn new(
        store: Arc<dyn Staff>,
        hashing: Arc<dyn Hashing>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        mint: Mint,
    ) -> Self {
        let seal = Seal::of("");
        Self { store, hashing, clock, entropy, mint, seal, required: false }
    }

    /// Seals second factors with the shop's own secret; `required`: every member has to have one.
    #[must_use]
    pub fn with_factors(self, seal: Seal, required: bool) -> Self {
        Self { seal, required, ..self }
    }

    /// Adds a member.
    ///
    /// # Errors
    /// [`AddError`].
    pub async fn add(
        &self,
        by: Actor,
        email: &str,
        password: Password,
        role: Role,
    ) -> Result<Member, AddError> {
        let email = Email::parse(email).map_err(|why| AddError::Invalid("email", why))?;
        rules::check_password(password.reveal())
            .map_err(|why| AddError::Invalid("password", why))?;
        let salt = self.entropy.token();
        let password_hash = self.hashing.hash(password.reveal().to_owned(), salt).await?;
        let created = self.clock.now();
        let member = Member { id: self.mint.mint_anywhere(), email, role, created };
        let detail = role.name().to_owned();
        let entry =
            self.entry(by, Act { name: "staff.add", subject: member.id.to_string(), detail });
        let intent = NewMember { member: member.clone(), password_hash, entry };
        self.store.add(intent).await.map_err(|refused| match refused {
            Unadded::EmailTaken => AddError::EmailTaken,
            Unadded::Port(error) => AddError::Port(error),
        })?;
        Ok(member)
    }

    /// Opens a session for who knows the password.
    ///
    /// # Errors
    /// [`SignInError`].
    pub async fn sign_in(&self, email: &str, password: Password) -> Result<Grant, SignInError> {
        let known = match Email::parse(email) {
            Ok(email) => self.store.find_credentials(&email).await?,
            Err(_) => None,
        };
        let (member, hash) = match known {
            Some(known) => (Some(known.member), Some(known.password_hash)),
            None => (None, None),
        };
        let password: String = password.reveal().chars().take(rules::PASSWORD_MAX + 1).collect();
        let right = self.hashing.verify(password, hash).await?;
        let member = member.filter(|_| right).ok_or(SignInError::BadCredentials)?;
        // Who has a second factor has shown half.
        let proven = self.store.factor(member.id).await?.is_none();
        self.open(member, "password", proven).await
    }

    /// Opens a session for whoever asks, as a member of this address and role who is added when missing:
    /// for sandboxes only. Nobody knows that member's password.
    ///
    /// # Errors
    /// [`SignInError`]; bad credentials when a member with this address has another role.
    pub async fn sign_in_as_demo(&self, email: &str, role: Role) -> Result<Grant, SignInError> {
        let address = Email::parse(email).map_err(|_| SignInError::BadCredentials)?;
        if self.store.find_credentials(&address).await?.is_none() {
            let password = Password::new(Token::mint(self.entropy.as_ref()).reveal().to_owned());
            match self.add(Actor::Console, email, password, role).await {
                // Two at once: one of them added the member.
                Ok(_) | Err(AddError::EmailTaken | AddError::Invalid(..)) => {}
                Err(AddError::Hash(error)) => return Err(error.into()),
                Err(AddError::Port(error)) => return Err(error.into()),
            }
        }
        let known = self.store.find_credentials(&address).await?;
        let member = known.map(|known| known.member).filter(|member| member.role == role);
        self.open(member.ok_or(SignInError::BadCredentials)?, "demo", true).await
    }

    async fn open(&self, member: Member, how: &str, proven: bool) -> Result<Grant, SignInError> {
        let (grant, intent) = self.session(member, how, proven);
        if self.store.open_session(intent).await? {
            Ok(grant)
        } else {
            Err(SignInError::BadCredentials)
        }
    }

    fn session(&self, member: Member, how: &str, proven: bool) -> (Grant, NewStaffSession) {
        let token = Token::mint(self.entropy.as_ref());
        let lasts = if proven { SESSION_MS } else { WAITING_MS };
        let expires = self.clock.now().plus_ms(lasts);
        let (id, subject) = (member.id, member.id.to_string());
        let act = Act { name: "staff.sign_in", subject, detail: how.to_owned() };
        let entry = self.entry(Actor::Member(id), act);
        let intent = NewStaffSession { member: id, token: token.digest(), expires, proven, entry };
        (Grant { member, token, expires }, intent)
    }

    /// Ends a member's session. Ending an ended one is fine.
    ///
    /// # Errors
    /// The store's; the session may then still live.
    pub async fn sign_out(&self, member: StaffId, token: &TokenDigest) -> Result<(), PortError> {
        let act =
            Act { name: "staff.sign_out", subject: member.to_string(), detail: String::new() };
        self.store.end_session(token, self.entry(Actor::Member(member), act)).await.map(|_| ())
    }

    /// Who shows this token; none for unknown, ended and expired sessions alike.
    ///
    /// # Errors
    /// The store's.
    pub async fn authenticate(&self, token: &TokenDigest) -> Result<Option<Known>, PortError> {
        let session = self.store.find_session(token).await?;
        let now = self.clock.now();
        Ok(session.filter(|session| rules::is_live(session, now)).map(|session| Known {
            stage: rules::stage(&session, self.required),
            member: session.member,
        }))
    }

    /// Every member, at most `limit`.
    ///
    /// # Errors
    /// The store's.
    pub async fn members(&self, limit: usize) -> Result<Vec<Member>, PortError> {
        self.store.members(limit).await
    }

    /// Gives a member another role.
    ///
    /// # Errors
    /// [`RoleError`].
    pub async fn set_role(
        &self,
        by: &Member,
        member: StaffId,
        expected: Role,
        role: Role,
    ) -> Result<(), RoleError> {
        let detail = format!("{} -> {}", expected.name(), role.name());
        let act = Act { name: "staff.role", subject: member.to_string(), detail };
        let entry = self.entry(Actor::Member(by.id), act);
        self.store.set_role(NewRole { member, expected, role, entry }).await
    }

    /// Makes a change in a member's name, with its entry.
    ///
    /// # Errors
    /// [`ChangeError`]; then nothing is changed, and there is no entry.
    pub async fn change(
        &self,
        by: &Member,
        needs: Permission,
        change: Change,
        act: Act,
    ) -> Result<Done, ChangeError> {
        self.change_once(by, needs, (change, None), act).await
    }

    /// The same, by a form: posted twice, it is carried out once.
    ///
    /// # Errors
    /// [`ChangeError`]; then nothing is changed, and there is no entry.
    pub async fn change_once(
        &self,
        by: &Member,
        needs: Permission,
        (change, form): (Change, Option<FormKey>),
        act: Act,
    ) -> Result<Done, ChangeError> {
        if !rules::allows(by.role, needs) {
            return Err(ChangeError::Forbidden);
        }
        if matches!(&change, Change::Products(puts) if puts.len() > PRODUCTS_MAX) {
            return Err(ChangeRefusal::TooMany.into());
        }
        let entry = self.entry(Actor::Member(by.id), act);
        Ok(self.store.carry_out(Make { change, entry, form }).await?)
    }

    /// What members did, the newest first.
    ///
    /// # Errors
    /// The store's.
    pub async fn audit(&self, page: AuditPage) -> Result<Vec<AuditEntry>, PortError> {
        self.store.audit(page).await
    }

    /// Removes up to `limit` expired sessions: for the sweeper.
    ///
    /// # Errors
    /// The store's.
    pub async fn sweep(&self, limit: usize) -> Result<usize, PortError> {
        self.store.remove_expired(self.clock.now(), limit).await
    }

    fn entry(&self, actor: Actor, act: Act) -> AuditEntry {
        AuditEntry {
            id: self.mint.mint_anywhere(),
            at: self.clock.now(),
            actor,
            name: act.name.to_owned(),
            subject: act.subject,
            detail: act.detail,
        }
    }
}
