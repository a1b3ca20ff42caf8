//! Proving an email address, getting back in without the password, and what an account is called.

use super::Service;
use crate::error::{
    EmailError, FieldFault, PasswordError, ProfileError, ResetError, VerificationError,
};
use crate::port::Proven;
use crate::rules;
use crate::{
    AccountLetter, AccountNews, Email, Password, Principal, Profile, Proof, Purpose, Token,
    TokenDigest, User,
};
use souk_kernel::{PortError, UserId};

impl Service {
    /// Sends a customer the mail that verifies their address, again if they want.
    ///
    /// # Errors
    /// [`VerificationError`]; then no mail is on its way.
    pub async fn send_verification(&self, principal: &Principal) -> Result<(), VerificationError> {
        let user = self.user(principal.user).await?;
        let email = user.email.clone().ok_or(VerificationError::NoAccount)?;
        if user.verified {
            return Err(VerificationError::AlreadyVerified);
        }
        self.issue(&user, email, Purpose::VerifyEmail).await.map_err(Into::into)
    }

    /// Makes the address that a mail went to its account's, verified; of who changed it, or of who
    /// signed up. Its token works once.
    ///
    /// # Errors
    /// [`VerificationError`].
    pub async fn verify_email(&self, token: &str) -> Result<Email, VerificationError> {
        let token = TokenDigest::of(token);
        let proven = self.store.prove_email(&token, self.clock.now()).await?;
        let Proven::Done { user, before, first } = proven else {
            return Err(match proven {
                Proven::EmailTaken => VerificationError::EmailTaken,
                _ => VerificationError::NoSuchToken,
            });
        };
        self.profiles.purge(&user);
        let user = self.user(user).await?;
        let email = user.email.clone().ok_or(VerificationError::NoAccount)?;
        if let Some(before) = before {
            self.tell(&user, before, AccountNews::EmailChanged).await;
        }
        if first {
            self.tell(&user, email.clone(), AccountNews::Welcome).await;
        }
        Ok(email)
    }

    /// Sends a link to choose another password to whoever has an account with this address. Answers the
    /// same when nobody has.
    ///
    /// # Errors
    /// The store's or the courier's. A door that tells them apart, or that waits for this, tells who has
    /// an account.
    pub async fn forgot_password(&self, email: &Email) -> Result<(), PortError> {
        match self.store.find_credentials(email).await? {
            Some(known) => self.issue(&known.user, email.clone(), Purpose::ResetPassword).await,
            None => Ok(()),
        }
    }

    /// Whether a link to choose a password works still.
    ///
    /// # Errors
    /// The store's.
    pub async fn can_reset(&self, token: &str) -> Result<bool, PortError> {
        let found = self.store.find_proof(&TokenDigest::of(token), self.clock.now()).await?;
        Ok(found.is_some_and(|proof| proof.purpose == Purpose::ResetPassword))
    }

    /// Chooses another password by the token of a mail, which works once. Every session ends.
    ///
    /// # Errors
    /// [`ResetError`]; a password that can't be one leaves the token as it is.
    pub async fn reset_password(&self, token: &str, new: &Password) -> Result<(), ResetError> {
        rules::check_password(new.reveal()).map_err(|reason| {
            ResetError::Invalid(vec![FieldFault { field: "password", reason }])
        })?;
        // Hashing is dear: nobody makes us do it with a token that opens nothing.
        if !self.can_reset(token).await? {
            return Err(ResetError::NoSuchToken);
        }
        let hash = self.hashing.hash(new.reveal().to_owned(), self.entropy.token()).await?;
        let digest = TokenDigest::of(token);
        let done = self.store.reset_password(&digest, hash, self.clock.now()).await?;
        let (user, ended) = done.ok_or(ResetError::NoSuchToken)?;
        ended.iter().for_each(|token| self.sessions.purge(token));
        self.profiles.purge(&user);
        self.tell_password_changed(user).await;
        Ok(())
    }

    /// Changes how a customer wants to be called.
    ///
    /// # Errors
    /// [`EmailError`], of which only the field `name` can be invalid.
    pub async fn change_name(&self, principal: &Principal, name: &str) -> Result<(), EmailError> {
        let name = rules::check_name(name)
            .map_err(|reason| EmailError::Invalid(vec![FieldFault { field: "name", reason }]))?;
        let known = self.store.set_name(principal.user, name).await?;
        self.profiles.purge(&principal.user);
        if known { Ok(()) } else { Err(EmailError::NoAccount) }
    }

    /// Begins to change a customer's address: a mail goes to the new one, and the account has it once
    /// that mail's link was followed. Until then everything stays as it is. Whether somebody else has
    /// that address is not told.
    ///
    /// # Errors
    /// [`EmailError`].
    pub async fn change_email(
        &self,
        principal: &Principal,
        present: Password,
        email: &str,
    ) -> Result<Email, EmailError> {
        let email = Email::parse(email)
            .map_err(|reason| EmailError::Invalid(vec![FieldFault { field: "email", reason }]))?;
        let user = self.user(principal.user).await?;
        match self.knows_password(&user, present).await {
            Ok(_) => {}
            Err(PasswordError::Wrong) => return Err(EmailError::Wrong),
            Err(PasswordError::Port(error)) => return Err(error.into()),
            Err(PasswordError::Hash(error)) => return Err(error.into()),
            Err(_) => return Err(EmailError::NoAccount),
        }
        if user.email.as_ref() == Some(&email) {
            let fault = FieldFault { field: "email", reason: "is your address already" };
            return Err(EmailError::Invalid(vec![fault]));
        }
        self.issue(&user, email.clone(), Purpose::VerifyEmail).await?;
        Ok(email)
    }

    /// The hash of a user's password, if this is it.
    pub(super) async fn knows_password(
        &self,
        user: &User,
        present: Password,
    ) -> Result<String, PasswordError> {
        let email = user.email.as_ref().ok_or(PasswordError::NoAccount)?;
        let known = self.store.find_credentials(email).await?.ok_or(PasswordError::NoAccount)?;
        let present: String = present.reveal().chars().take(rules::PASSWORD_MAX + 1).collect();
        if self.hashing.verify(present, Some(known.password_hash.clone())).await? {
            Ok(known.password_hash)
        } else {
            Err(PasswordError::Wrong)
        }
    }

    /// The user as the store has them.
    pub(super) async fn user(&self, user: UserId) -> Result<User, ProfileError> {
        let profile = self.store.get_profile(user).await?;
        profile.map(|Profile { user, .. }| user).ok_or(ProfileError::NoSuchUser)
    }

    /// Tells that the password is another one: best effort, the change counts without it.
    pub(super) async fn tell_password_changed(&self, user: UserId) {
        if let Ok(user) = self.user(user).await
            && let Some(email) = user.email.clone()
        {
            self.tell(&user, email, AccountNews::PasswordChanged).await;
        }
    }

    /// Sends a new customer the mail that verifies their address: best effort, they can ask again.
    pub(super) async fn greet(&self, user: &User, email: Email) {
        let _ = self.issue(user, email, Purpose::VerifyEmail).await;
    }

    async fn issue(&self, user: &User, email: Email, purpose: Purpose) -> Result<(), PortError> {
        let token = Token::mint(self.entropy.as_ref());
        let for_ms = match purpose {
            Purpose::VerifyEmail => self.settings.verify_ttl_ms,
            Purpose::ResetPassword => self.settings.reset_ttl_ms,
        };
        let expires = self.clock.now().plus_ms(for_ms);
        let digest = token.digest();
        let proof = Proof { token: digest, user: user.id, purpose, email: email.clone(), expires };
        if !self.store.add_proof(proof).await? {
            return Ok(());
        }
        let news = match purpose {
            Purpose::VerifyEmail => AccountNews::Verify { token, for_ms },
            Purpose::ResetPassword => AccountNews::Reset { token, for_ms },
        };
        self.courier.send(self.letter(user, email, news)).await
    }

    async fn tell(&self, user: &User, to: Email, news: AccountNews) {
        let _ = self.courier.send(self.letter(user, to, news)).await;
    }

    fn letter(&self, user: &User, to: Email, news: AccountNews) -> AccountLetter {
        let name = user.name.clone().unwrap_or_default();
        AccountLetter { user: user.id, to, name, news, at: self.clock.now() }
    }
}
