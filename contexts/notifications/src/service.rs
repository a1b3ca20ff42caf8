//! The consumer of facts: looks up what to say, says it once.

use crate::{Mailbox, OrderDetails, OrderFacts, Shop, on_event, rules};
use souk_kernel::{Answers, Clock, Event, Mint, OrderId, PortError};
use std::sync::Arc;

/// Turns facts into mails.
pub struct Notifier {
    mailbox: Arc<dyn Mailbox>,
    orders: Arc<dyn OrderFacts>,
    mint: Mint,
    clock: Arc<dyn Clock>,
    shop: Shop,
}

impl Notifier {
    /// Over a mailbox, who knows the orders, and who signs.
    #[must_use]
    pub fn new(
        mailbox: Arc<dyn Mailbox>,
        orders: Arc<dyn OrderFacts>,
        mint: Mint,
        clock: Arc<dyn Clock>,
        shop: Shop,
    ) -> Self {
        Self { mailbox, orders, mint, clock, shop }
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
