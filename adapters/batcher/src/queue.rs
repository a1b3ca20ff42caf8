//! What waits: intents of several callers, each caller's together.

use souk_kernel::PortError;
use std::collections::VecDeque;
use tokio::sync::oneshot;

/// Whom a run of answers belongs to.
pub(crate) struct Caller<A> {
    pub(crate) intents: usize,
    pub(crate) reply: oneshot::Sender<Vec<A>>,
}

/// A batch on its way: intents in order, and who gets how many of the answers.
pub(crate) struct Batch<I, A> {
    pub(crate) intents: Vec<I>,
    pub(crate) callers: Vec<Caller<A>>,
}

pub(crate) struct Queue<I, A> {
    intents: Vec<I>,
    callers: VecDeque<Caller<A>>,
    /// Flushes that were started and have not ended.
    pub(crate) in_flight: usize,
    /// Intents in the batch that was taken last.
    pub(crate) before: usize,
}

impl<I, A> Queue<I, A> {
    pub(crate) const fn new() -> Self {
        Self { intents: Vec::new(), callers: VecDeque::new(), in_flight: 0, before: 0 }
    }

    /// Queues a caller's intents, unless that makes more than `most` (a single caller always fits).
    pub(crate) fn push(
        &mut self,
        intents: Vec<I>,
        most: usize,
    ) -> Result<oneshot::Receiver<Vec<A>>, PortError> {
        let count = intents.len();
        if !self.callers.is_empty() && self.intents.len() + count > most {
            return Err(PortError::Unavailable("too many are waiting".into()));
        }
        let (reply, answers) = oneshot::channel();
        if self.intents.is_empty() && self.intents.capacity() < count {
            self.intents = intents;
        } else {
            self.intents.extend(intents);
        }
        self.callers.push_back(Caller { intents: count, reply });
        Ok(answers)
    }

    /// The next batch: whole callers, oldest first, at most `most` intents (a larger caller goes
    /// alone). `None`: nothing waits.
    pub(crate) fn take(&mut self, most: usize) -> Option<Batch<I, A>> {
        let mut count = self.callers.front()?.intents;
        let mut together = 1;
        for caller in self.callers.iter().skip(1) {
            if count + caller.intents > most {
                break;
            }
            count += caller.intents;
            together += 1;
        }
        if count == self.intents.len() {
            // As much room for the next one: under load batches are alike.
            let room = Vec::with_capacity(count);
            let intents = std::mem::replace(&mut self.intents, room);
            let callers = self.callers.drain(..).collect();
            return Some(Batch { intents, callers });
        }
        let rest = self.intents.split_off(count);
        let intents = std::mem::replace(&mut self.intents, rest);
        let callers = self.callers.drain(..together).collect();
        Some(Batch { intents, callers })
    }

    /// Lets everybody go who waits: their answers will never come.
    pub(crate) fn abandon(&mut self) {
        self.intents.clear();
        self.callers.clear();
    }
}

impl<I, A> Batch<I, A> {
    /// Gives each caller its answers; a caller that went away is passed over.
    pub(crate) fn answer(callers: Vec<Caller<A>>, answers: Vec<A>) {
        let mut answers = answers.into_iter();
        for caller in callers {
            let mut mine = Vec::with_capacity(caller.intents);
            mine.extend(answers.by_ref().take(caller.intents));
            // An error means that the caller went away.
            let _ = caller.reply.send(mine);
        }
    }
}
