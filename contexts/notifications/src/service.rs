//! The consumer of facts: looks up what to say, says it once.

mod letters;
mod messages;

pub use messages::Messages;

use crate::{
    Mail, Mailbox, Notice, OrderDetails, OrderFacts, Preferences, Shop, Unsubscribe, on_event,
    on_notice, rules,
};
use souk_kernel::{Answers, Clock, Entropy, Event, Mint, OrderId, PortError};
use std::sync::Arc;

/// What became of a notice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// The mail is posted.
    Now,
    /// It was before; nothing happened.
    Before,
    /// The recipient declined it, or has no address that mail could go to.
    Not,
}

/// What a [`Notifier`] works with.
pub struct NotifierParts {
    /// Where mails go.
    pub mailbox: Arc<dyn Mailbox>,
    /// What somebody declined.
    pub preferences: Arc<dyn Preferences>,
    /// Who knows the orders.
    pub orders: Arc<dyn OrderFacts>,
    /// Ids of mails.
    pub mint: Mint,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness fit for secrets.
    pub entropy: Arc<dyn Entropy>,
    /// Who signs.
    pub shop: Shop,
}

/// Turns facts and notices into mails.
pub struct Notifier {
    mailbox: Arc<dyn Mailbox>,
    preferences: Arc<dyn Preferences>,
    orders: Arc<dyn OrderFacts>,
    mint: Mint,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    shop: Shop,
}

impl Notifier {
    /// Over its parts.
    #[must_use]
    pub fn new(parts: NotifierParts) -> Self {
        let NotifierParts { mailbox, preferences, orders, mint, clock, entropy, shop } = parts;
        Self { mailbox, preferences, orders, mint, clock, entropy, shop }
    }

    /// Tells notices to their recipients, one answer each, in their order. Safe to repeat: what was
    /// told is not told again. What may be declined carries a link that does so.
    pub async fn notify(&self, notices: &[Notice]) -> Answers<Told, PortError> {
        let mut answers = vec![Ok(Told::Not); notices.len()];
        let (mut places, mut mails) = (Vec::new(), Vec::new());
        for (at, notice) in notices.iter().enumerate() {
            match self.write(notice).await {
                Ok(Some(mail)) => {
                    places.push(at);
                    mails.push(mail);
                }
                Ok(None) => {}
                Err(error) => answers[at] = Err(error),
            }
        }
        if mails.is_empty() {
            return answers;
        }
        let posted = self.mailbox.post(mails).await;
        for (at, posted) in places.into_iter().zip(posted) {
            answers[at] = posted.map(|new| if new { Told::Now } else { Told::Before });
        }
        answers
    }

    async fn write(&self, notice: &Notice) -> Result<Option<Mail>, PortError> {
        let user = notice.to.user;
        let unsubscribe = match notice.news.kind().topic() {
            None => None,
            Some(topic) if self.preferences.declined(user).await?.contains(&topic) => {
                return Ok(None);
            }
            Some(topic) => {
                let key = self.preferences.secret(user, self.entropy.token()).await?;
                Some(Unsubscribe { user, topic, key })
            }
        };
        let id = self.mint.mint(user.bucket());
        Ok(on_notice(notice, unsubscribe, &self.shop, id, self.clock.now()))
    }

    /// Tells a batch of facts, one answer each, in their order. Safe to repeat: a fact that was
    /// told is not told again. One look-up and one post, however many facts.
    pub async fn tell(&self, events: &[Event]) -> Answers<(), PortError> {
        let told: Vec<usize> =
            (0..events.len()).filter(|&at| rules::told_by(&events[at].kind).is_some()).collect();
        let mut answers = vec![Ok(()); events.len()];
        if told.is_empty() {
            return answers;
        }
        let (told, ids): (Vec<usize>, Vec<OrderId>) = told
            .into_iter()
            .filter_map(|at| match rules::order_of(&events[at]) {
                Some(order) => Some((at, order)),
                None => {
                    answers[at] = Err(PortError::Corrupt("the fact names no order".into()));
                    None
                }
            })
            .unzip();
        let details = match self.orders.details(&ids).await {
            Ok(details) => details,
            Err(error) => {
                told.iter().for_each(|&at| answers[at] = Err(error.clone()));
                return answers;
            }
        };
        self.post(events, &told, &details, &mut answers).await;
        answers
    }

    async fn post(
        &self,
        events: &[Event],
        told: &[usize],
        details: &[Option<OrderDetails>],
        answers: &mut Answers<(), PortError>,
    ) {
        let now = self.clock.now();
        let (mut places, mut mails) = (Vec::new(), Vec::new());
        for (place, &at) in told.iter().enumerate() {
            let Some(order) = details.get(place).and_then(Option::as_ref) else {
                // The fact is here before its order can be read: told again later.
                answers[at] = Err(PortError::Unavailable("the order can't be read yet".into()));
                continue;
            };
            let id = self.mint.mint(order.id.bucket());
            if let Some(mail) = on_event(&events[at], order, &self.shop, id, now) {
                places.push(at);
                mails.push(mail);
            }
        }
        if mails.is_empty() {
            return;
        }
        let posted = self.mailbox.post(mails).await;
        for (at, posted) in places.into_iter().zip(posted) {
            if let Err(error) = posted {
                answers[at] = Err(error);
            }
        }
    }
}

#[cfg(test)]
#[path = "service_tests.rs"]
mod tests;
