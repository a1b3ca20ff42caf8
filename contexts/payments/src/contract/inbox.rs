//! The cases that every adapter of [`Inbox`] must pass, each on an empty store.

use crate::{Inbox, Message, MessageNo, Outcome, Waiting, Worked};
use souk_kernel::{BoxFuture, Timestamp};
use std::sync::Arc;

const NOW: Timestamp = Timestamp(1_790_000_000_000);
const LATER: Timestamp = NOW.plus_ms(60_000);

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// The body.
    pub run: fn(Arc<dyn Inbox>) -> BoxFuture<'static, ()>,
}

fn message(event: &str) -> Message {
    Message {
        provider: "sandbox".into(),
        event: event.into(),
        kind: "authorization.succeeded".into(),
        reference: format!("order_'{event}\""),
        at: NOW,
    }
}

async fn keep(inbox: &Arc<dyn Inbox>, events: &[&str]) -> Vec<bool> {
    let messages: Vec<Message> = events.iter().map(|event| message(event)).collect();
    let answers = inbox.keep(messages).await;
    assert_eq!(answers.len(), events.len(), "one answer for each message");
    answers.into_iter().map(|answer| answer.expect("the store works")).collect()
}

async fn due(inbox: &Arc<dyn Inbox>, now: Timestamp, limit: usize) -> Vec<Waiting> {
    inbox.due(now, limit).await.expect("the store works")
}

async fn events(inbox: &Arc<dyn Inbox>, now: Timestamp) -> Vec<String> {
    due(inbox, now, 100).await.into_iter().map(|waiting| waiting.message.event).collect()
}

async fn end(inbox: &Arc<dyn Inbox>, waiting: &Waiting, outcome: Outcome) {
    let worked = Worked { no: waiting.no, tries: waiting.tries, outcome };
    inbox.worked(vec![worked], NOW).await.expect("the store works");
}

fn again() -> Outcome {
    Outcome::Again { at: LATER, why: "not yet".into() }
}

fn parked() -> Outcome {
    Outcome::Parked { why: "never".into() }
}

macro_rules! inbox_cases {
    ($($(#[$doc:meta])* async fn $name:ident($inbox:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            vec![$(Case {
                name: stringify!($name),
                run: |inbox| Box::pin($name(inbox)),
            }),*]
        }
        $($(#[$doc])* async fn $name($inbox: Arc<dyn Inbox>) $body)*
    };
}

inbox_cases! {
    async fn what_is_kept_is_due_as_it_came(inbox) {
        assert_eq!(due(&inbox, NOW, 9).await, []);
        assert_eq!(keep(&inbox, &["evt_1", "evt_2"]).await, [true, true]);
        let found = due(&inbox, NOW, 9).await;
        assert_eq!(found.iter().map(|w| w.tries).collect::<Vec<_>>(), [0, 0]);
        let messages: Vec<Message> = found.into_iter().map(|w| w.message).collect();
        assert_eq!(messages, [message("evt_1"), message("evt_2")]);
        assert_eq!(due(&inbox, NOW, 1).await.len(), 1, "no more than asked for");
    }

    /// Also in one batch, and whatever became of the first.
    async fn one_event_is_one_message(inbox) {
        assert_eq!(keep(&inbox, &["evt_1", "evt_1", "evt_2"]).await, [true, false, true]);
        let first = due(&inbox, NOW, 9).await.remove(0);
        end(&inbox, &first, Outcome::Done).await;
        assert_eq!(keep(&inbox, &["evt_1", "evt_2"]).await, [false, false]);
        assert_eq!(events(&inbox, NOW).await, ["evt_2"], "done once is done");
        let other = Message { provider: "stripe".into(), ..message("evt_1") };
        let answers = inbox.keep(vec![other]).await;
        assert_eq!(answers, [Ok(true)], "another provider's event of the same name");
    }

    async fn a_try_in_vain_is_counted_and_waits(inbox) {
        keep(&inbox, &["evt_1"]).await;
        let first = due(&inbox, NOW, 9).await.remove(0);
        end(&inbox, &first, again()).await;
        // Another worker that tried at the same time: counted once.
        end(&inbox, &first, Outcome::Again { at: NOW, why: String::new() }).await;
        assert_eq!(due(&inbox, LATER.plus_ms(-1), 9).await, []);
        let second = due(&inbox, LATER, 9).await;
        assert_eq!(second, [Waiting { tries: 1, ..first }]);
    }

    async fn the_longest_due_goes_first(inbox) {
        keep(&inbox, &["evt_1", "evt_2", "evt_3"]).await;
        let found = due(&inbox, NOW, 9).await;
        end(&inbox, &found[0], again()).await;
        assert_eq!(events(&inbox, LATER).await, ["evt_2", "evt_3", "evt_1"]);
    }

    async fn what_is_parked_waits_for_somebody(inbox) {
        keep(&inbox, &["evt_1", "evt_2"]).await;
        let found = due(&inbox, NOW, 9).await;
        end(&inbox, &found[0], parked()).await;
        end(&inbox, &found[0], Outcome::Done).await;
        assert_eq!(events(&inbox, LATER).await, ["evt_2"]);
        let backlog = inbox.backlog(LATER).await.expect("the store works");
        assert_eq!((backlog.waiting, backlog.oldest_ms, backlog.parked), (1, 60_000, 1));
        assert_eq!(inbox.unpark(found[0].no, LATER).await, Ok(true));
        assert_eq!(inbox.unpark(found[0].no, LATER).await, Ok(false), "it is not parked any more");
        assert_eq!(inbox.unpark(found[1].no, LATER).await, Ok(false));
        assert_eq!(inbox.unpark(MessageNo(-1), LATER).await, Ok(false));
        let found = due(&inbox, LATER, 9).await;
        assert_eq!(found.iter().map(|w| w.tries).collect::<Vec<_>>(), [0, 0]);
        assert_eq!(inbox.backlog(LATER).await.map(|b| b.parked), Ok(0));
    }

    /// Only what is done is forgotten, and then it may come again.
    async fn only_the_done_is_pruned(inbox) {
        keep(&inbox, &["waits", "parked", "done_1", "done_2"]).await;
        let found = due(&inbox, NOW, 9).await;
        end(&inbox, &found[1], parked()).await;
        end(&inbox, &found[2], Outcome::Done).await;
        end(&inbox, &found[3], Outcome::Done).await;
        assert_eq!(inbox.prune(NOW, 9).await, Ok(0), "not before its time");
        assert_eq!(inbox.prune(LATER, 1).await, Ok(1));
        assert_eq!(inbox.prune(LATER, 9).await, Ok(1));
        assert_eq!(inbox.prune(LATER, 9).await, Ok(0));
        assert_eq!(keep(&inbox, &["waits", "parked", "done_1"]).await, [false, false, true]);
        let backlog = inbox.backlog(NOW).await.expect("the store works");
        assert_eq!((backlog.waiting, backlog.parked), (2, 1));
    }
}
