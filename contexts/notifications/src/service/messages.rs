//! Mails as they travel.

use crate::{Mail, Message, Preferences, Shop, Unsubscribe, rules};
use souk_kernel::PortError;
use std::sync::Arc;

/// Makes messages of mails: for whoever sends them, and for whoever shows what is sent.
#[derive(Clone)]
pub struct Messages {
    preferences: Arc<dyn Preferences>,
    shop: Shop,
}

impl Messages {
    /// Over what somebody declined, and in whose name.
    #[must_use]
    pub fn new(preferences: Arc<dyn Preferences>, shop: Shop) -> Self {
        Self { preferences, shop }
    }

    /// The message of a mail; `None` once its person is erased.
    ///
    /// # Errors
    /// The store's.
    pub async fn of(&self, mail: &Mail) -> Result<Option<Message>, PortError> {
        let link = match (mail.kind.topic(), mail.user) {
            (Some(topic), Some(user)) => self
                .preferences
                .given_secret(user)
                .await?
                .map(|key| Unsubscribe { user, topic, key }),
            _ => None,
        };
        Ok(rules::message(mail, link, &self.shop))
    }
}
