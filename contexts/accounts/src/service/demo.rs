//! A customer whom everybody may be: for sandboxes only.

use super::{Grant, Registration, Service};
use crate::error::{FieldFault, RegisterError};
use crate::{Email, Password, Token};

impl Service {
    /// Opens a session for whoever asks, as the customer with this address, who is registered when missing.
    /// Nobody knows that customer's password. Says whether they are new.
    ///
    /// # Errors
    /// [`RegisterError`].
    pub async fn sign_in_as_demo(
        &self,
        email: &str,
        name: &str,
    ) -> Result<(Grant, bool), RegisterError> {
        if let Some(grant) = self.open_known(email).await? {
            return Ok((grant, false));
        }
        let password = Password::new(Token::mint(self.entropy.as_ref()).reveal().to_owned());
        let (email_text, name) = (email.to_owned(), name.to_owned());
        let registration = Registration { email: email_text, password, name, device: None };
        match self.register(registration, None).await {
            Ok(grant) => Ok((grant, true)),
            // Two at once: one of them registered the customer.
            Err(RegisterError::EmailTaken) => {
                let grant = self.open_known(email).await?;
                grant.map(|grant| (grant, false)).ok_or(RegisterError::EmailTaken)
            }
            Err(other) => Err(other),
        }
    }

    async fn open_known(&self, email: &str) -> Result<Option<Grant>, RegisterError> {
        let fault = |reason| RegisterError::Invalid(vec![FieldFault { field: "email", reason }]);
        let email = Email::parse(email).map_err(fault)?;
        let Some(known) = self.store.find_credentials(&email).await? else { return Ok(None) };
        let (session, grant) = self.open(known.user.id, known.user.kind, None);
        let there = self.store.add_session(known.user.id, session).await?;
        Ok(there.then_some(grant))
    }
}
