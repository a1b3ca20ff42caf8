//! The inbox in memory: the executable specification of the port. It is a store of its own in both
//! modes: no purchase writes to it.

use async_trait::async_trait;
use parking_lot::Mutex;
use souk_kernel::{Answers, PortError, Timestamp};
use souk_payments::{Backlog, Inbox, Message, MessageNo, Outcome, Waiting, Worked};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Waiting { due: Timestamp },
    Done { at: Timestamp },
    Parked,
}

#[derive(Debug, Clone)]
struct Row {
    message: Message,
    tries: u32,
    state: State,
}

#[derive(Debug, Default)]
struct Rows {
    rows: BTreeMap<MessageNo, Row>,
    last: i64,
}

impl Rows {
    fn keep(&mut self, message: Message) -> bool {
        let known = |row: &Row| {
            (&row.message.provider, &row.message.event) == (&message.provider, &message.event)
        };
        if self.rows.values().any(known) {
            return false;
        }
        self.last += 1;
        let state = State::Waiting { due: message.at };
        self.rows.insert(MessageNo(self.last), Row { message, tries: 0, state });
        true
    }

    fn due(&self, now: Timestamp, limit: usize) -> Vec<Waiting> {
        let ready = |(no, row): (&MessageNo, &Row)| match row.state {
            State::Waiting { due } if due <= now => Some((due, *no)),
            _ => None,
        };
        let mut found: Vec<_> = self.rows.iter().filter_map(ready).collect();
        found.sort_unstable();
        found.truncate(limit);
        let whole = |(_, no): &(Timestamp, MessageNo)| {
            let row = self.rows.get(no)?;
            Some(Waiting { no: *no, message: row.message.clone(), tries: row.tries })
        };
        found.iter().filter_map(whole).collect()
    }

    fn worked(&mut self, worked: Worked, now: Timestamp) {
        let Some(row) = self.rows.get_mut(&worked.no) else { return };
        if row.tries != worked.tries || !matches!(row.state, State::Waiting { .. }) {
            return;
        }
        row.tries += 1;
        row.state = match worked.outcome {
            Outcome::Done => State::Done { at: now },
            Outcome::Again { at, .. } => State::Waiting { due: at },
            Outcome::Parked { .. } => State::Parked,
        };
    }
}

/// An inbox.
#[derive(Debug, Default)]
pub struct MemoryInbox(Mutex<Rows>);

impl MemoryInbox {
    /// The kept copies of an event's message: `waiting`, `done` or `parked`, and how often each was
    /// tried.
    #[must_use]
    pub fn copies(&self, event: &str) -> Vec<(String, u32)> {
        let rows = self.0.lock();
        let of = rows.rows.values().filter(|row| row.message.event == event);
        let tell = |row: &Row| {
            let state = match row.state {
                State::Waiting { .. } => "waiting",
                State::Done { .. } => "done",
                State::Parked => "parked",
            };
            (state.to_owned(), row.tries)
        };
        of.map(tell).collect()
    }
}

#[async_trait]
impl Inbox for MemoryInbox {
    async fn keep(&self, messages: Vec<Message>) -> Answers<bool, PortError> {
        let mut rows = self.0.lock();
        messages.into_iter().map(|message| Ok(rows.keep(message))).collect()
    }

    async fn due(&self, now: Timestamp, limit: usize) -> Result<Vec<Waiting>, PortError> {
        Ok(self.0.lock().due(now, limit))
    }

    async fn worked(&self, tries: Vec<Worked>, now: Timestamp) -> Result<(), PortError> {
        let mut rows = self.0.lock();
        tries.into_iter().for_each(|worked| rows.worked(worked, now));
        Ok(())
    }

    async fn unpark(&self, no: MessageNo, now: Timestamp) -> Result<bool, PortError> {
        let mut rows = self.0.lock();
        let parked = rows.rows.get_mut(&no).filter(|row| row.state == State::Parked);
        Ok(parked.is_some_and(|row| {
            (row.tries, row.state) = (0, State::Waiting { due: now });
            true
        }))
    }

    async fn prune(&self, before: Timestamp, limit: usize) -> Result<usize, PortError> {
        let mut rows = self.0.lock();
        let old = |(no, row): (&MessageNo, &Row)| match row.state {
            State::Done { at } if at < before => Some((at, *no)),
            _ => None,
        };
        let mut found: Vec<_> = rows.rows.iter().filter_map(old).collect();
        found.sort_unstable();
        found.truncate(limit);
        for (_, no) in &found {
            rows.rows.remove(no);
        }
        Ok(found.len())
    }

    async fn backlog(&self, now: Timestamp) -> Result<Backlog, PortError> {
        let rows = self.0.lock();
        let mut backlog = Backlog::default();
        for row in rows.rows.values() {
            match row.state {
                State::Waiting { .. } => {
                    backlog.waiting += 1;
                    backlog.oldest_ms = backlog.oldest_ms.max(now.since(row.message.at));
                }
                State::Parked => backlog.parked += 1,
                State::Done { .. } => {}
            }
        }
        Ok(backlog)
    }
}
