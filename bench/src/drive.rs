//! The closed loop: a fixed number of connections, each with one request under way.
//!
//! One thread over the system's readiness queue; a request is one `write`, its answer one `read`, so
//! that the driver leaves the machine to the shop.

use crate::http::{self, Answer};
use hdrhistogram::Histogram;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer.
const ANSWER_MAX: usize = 4 << 20;

/// What comes after an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The operation goes on with another request.
    More,
    /// The operation is done.
    Done,
    /// The operation failed, and so.
    Failed(String),
}

/// When a request was sent and answered.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// Sent.
    pub sent: Instant,
    /// Answered; `None`: the connection was lost, or patience.
    pub answered: Option<Instant>,
}

/// What is asked, and what is made of the answers.
pub trait Load {
    /// Writes the next request of a connection into `out`; `false`: there is nothing left to ask.
    fn ask(&mut self, connection: usize, out: &mut Vec<u8>) -> bool;
    /// Takes its answer; `None`: there won't be one, and the operation has failed.
    fn take(&mut self, connection: usize, answer: Option<&Answer<'_>>, times: Times) -> Step;
}

/// What was done.
#[derive(Debug)]
pub struct Outcome {
    /// Operations done in time.
    pub ops: u64,
    /// Those, and what was still under way at the end.
    pub all_ops: u64,
    /// Failures by what they were.
    pub errors: BTreeMap<String, u64>,
    /// Microseconds of each operation, first request to last answer.
    pub latency: Histogram<u64>,
    /// How long was measured.
    pub elapsed: Duration,
}

impl Outcome {
    /// Operations a second.
    pub fn rate(&self) -> f64 {
        self.ops as f64 / self.elapsed.as_secs_f64().max(1e-9)
    }

    /// Milliseconds that a share of operations stayed within.
    pub fn quantile_ms(&self, share: f64) -> f64 {
        self.latency.value_at_quantile(share) as f64 / 1_000.0
    }

    /// How many failed.
    pub fn failed(&self) -> u64 {
        self.errors.values().sum()
    }
}

/// When no new operation begins any more.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    /// After so long.
    Elapsed(Duration),
    /// When so many are done, at the latest after so long.
    Ops(u64, Duration),
    /// When the load has nothing left to ask, at the latest after so long.
    Exhausted(Duration),
}

struct Connection {
    stream: TcpStream,
    /// The part of an answer that has come so far.
    partial: Vec<u8>,
    op_began: Instant,
    sent: Instant,
    busy: bool,
}

struct Driver<'a, L> {
    address: SocketAddr,
    load: &'a mut L,
    poll: Poll,
    connections: Vec<Connection>,
    out: Vec<u8>,
    outcome: Outcome,
    under_way: usize,
    closing: bool,
}

/// Drives `load` against `address` over so many connections.
///
/// # Errors
/// When connections can't be opened. What happens to single requests is in the outcome.
pub fn drive<L: Load>(
    address: SocketAddr,
    connections: usize,
    until: Until,
    load: &mut L,
) -> Result<Outcome, String> {
    let latency = Histogram::new_with_bounds(1, 60_000_000, 3).map_err(|e| e.to_string())?;
    let outcome =
        Outcome { ops: 0, all_ops: 0, errors: BTreeMap::new(), latency, elapsed: Duration::ZERO };
    let mut driver = Driver {
        address,
        load,
        poll: Poll::new().map_err(|e| e.to_string())?,
        connections: Vec::with_capacity(connections),
        out: Vec::with_capacity(4_096),
        outcome,
        under_way: 0,
        closing: false,
    };
    for n in 0..connections {
        let connection = driver.connect(n)?;
        driver.connections.push(connection);
    }
    driver.run(until)?;
    Ok(driver.outcome)
}

impl<L: Load> Driver<'_, L> {
    fn connect(&self, n: usize) -> Result<Connection, String> {
        let failed = |e: std::io::Error| format!("connecting to {}: {e}", self.address);
        let stream = std::net::TcpStream::connect(self.address).map_err(failed)?;
        stream.set_nodelay(true).map_err(failed)?;
        stream.set_nonblocking(true).map_err(failed)?;
        let mut stream = TcpStream::from_std(stream);
        let registry = self.poll.registry();
        registry.register(&mut stream, Token(n), Interest::READABLE).map_err(failed)?;
        let now = Instant::now();
        Ok(Connection { stream, partial: Vec::new(), op_began: now, sent: now, busy: false })
    }

    fn run(&mut self, until: Until) -> Result<(), String> {
        let began = Instant::now();
        let (ops, limit) = match until {
            Until::Elapsed(limit) => (u64::MAX, limit),
            Until::Ops(ops, limit) => (ops, limit),
            Until::Exhausted(limit) => (u64::MAX, limit),
        };
        for n in 0..self.connections.len() {
            self.begin(n, began)?;
        }
        let mut events = Events::with_capacity(1_024);
        let mut scratch = vec![0_u8; 256 * 1_024];
        let mut looked = began;
        while self.under_way > 0 {
            match self.poll.poll(&mut events, Some(Duration::from_millis(50))) {
                Err(error) if error.kind() != ErrorKind::Interrupted => {
                    return Err(error.to_string());
                }
                _ => {}
            }
            let now = Instant::now();
            if !self.closing && (now - began >= limit || self.outcome.ops >= ops) {
                self.close(now - began);
            }
            for event in &events {
                self.readable(event.token().0, &mut scratch)?;
            }
            if now - looked >= Duration::from_secs(1) {
                looked = now;
                self.give_up_on_late(now)?;
            }
        }
        if !self.closing {
            self.close(began.elapsed());
        }
        Ok(())
    }

    fn close(&mut self, elapsed: Duration) {
        self.closing = true;
        self.outcome.elapsed = elapsed;
    }

    /// Starts an operation, unless it is time to end.
    fn begin(&mut self, n: usize, now: Instant) -> Result<(), String> {
        if self.closing {
            return Ok(());
        }
        self.connections[n].op_began = now;
        self.send(n, now)
    }

    fn send(&mut self, n: usize, now: Instant) -> Result<(), String> {
        self.out.clear();
        if !self.load.ask(n, &mut self.out) {
            return Ok(());
        }
        let connection = &mut self.connections[n];
        connection.sent = now;
        connection.busy = true;
        self.under_way += 1;
        match connection.stream.write(&self.out) {
            Ok(written) if written == self.out.len() => Ok(()),
            Ok(_) => self.lost(n, "a request did not fit the socket"),
            Err(error) => self.lost(n, &error.kind().to_string()),
        }
    }

    fn readable(&mut self, n: usize, scratch: &mut [u8]) -> Result<(), String> {
        loop {
            let read = self.connections[n].stream.read(scratch);
            let got = match read {
                Ok(0) => return self.lost(n, "the connection was closed"),
                Ok(got) => got,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return self.lost(n, &error.kind().to_string()),
            };
            let connection = &mut self.connections[n];
            if !connection.busy {
                return self.lost(n, "an answer to nothing");
            }
            let mut partial = std::mem::take(&mut connection.partial);
            let bytes = if partial.is_empty() {
                &scratch[..got]
            } else {
                partial.extend_from_slice(&scratch[..got]);
                &partial[..]
            };
            match http::answer(bytes) {
                Ok(Some(answer)) => {
                    self.answered(n, &answer)?;
                    partial.clear();
                    self.connections[n].partial = partial;
                    return Ok(());
                }
                Ok(None) if bytes.len() > ANSWER_MAX => return self.lost(n, "an endless answer"),
                Ok(None) => {
                    if partial.is_empty() {
                        partial.extend_from_slice(&scratch[..got]);
                    }
                    self.connections[n].partial = partial;
                }
                Err(why) => return self.lost(n, &why),
            }
        }
    }

    fn answered(&mut self, n: usize, answer: &Answer<'_>) -> Result<(), String> {
        let now = Instant::now();
        let connection = &mut self.connections[n];
        connection.busy = false;
        self.under_way -= 1;
        let times = Times { sent: connection.sent, answered: Some(now) };
        match self.load.take(n, Some(answer), times) {
            Step::More => self.send(n, now),
            Step::Done => {
                self.outcome.all_ops += 1;
                if !self.closing {
                    self.outcome.ops += 1;
                    let took = now - self.connections[n].op_began;
                    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                    self.outcome.latency.saturating_record(micros.max(1));
                }
                self.begin(n, now)
            }
            Step::Failed(why) => {
                *self.outcome.errors.entry(why).or_default() += 1;
                self.begin(n, now)
            }
        }
    }

    /// Notes the loss of a connection and opens another one in its place.
    fn lost(&mut self, n: usize, why: &str) -> Result<(), String> {
        let sent = self.connections[n].sent;
        if self.connections[n].busy {
            self.under_way -= 1;
            self.load.take(n, None, Times { sent, answered: None });
            *self.outcome.errors.entry(why.to_owned()).or_default() += 1;
        }
        if self.closing {
            self.connections[n].busy = false;
            return Ok(());
        }
        self.connections[n] = self.connect(n)?;
        self.begin(n, Instant::now())
    }

    fn give_up_on_late(&mut self, now: Instant) -> Result<(), String> {
        for n in 0..self.connections.len() {
            if self.connections[n].busy && now - self.connections[n].sent > PATIENCE {
                self.lost(n, "no answer in time")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::BufRead;
    use std::net::TcpListener;

    /// Asks so many times, counts what came.
    struct Count {
        left: u32,
        lost: u32,
    }

    impl Load for Count {
        fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
            if self.left == 0 {
                return false;
            }
            self.left -= 1;
            out.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
            true
        }
        fn take(&mut self, _: usize, answer: Option<&Answer<'_>>, _: Times) -> Step {
            match answer {
                None => {
                    self.lost += 1;
                    Step::Failed("lost".into())
                }
                Some(answer) if answer.status == 200 => Step::Done,
                Some(answer) => Step::Failed(answer.status.to_string()),
            }
        }
    }

    /// Answers each request of a connection with these pieces; closes after as many requests.
    fn server(pieces: &'static [&'static [u8]], requests: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut reader = std::io::BufReader::new(stream.try_clone().unwrap());
                    for _ in 0..requests {
                        let mut line = String::new();
                        while reader.read_line(&mut line).unwrap_or(0) > 2 {
                            line.clear();
                        }
                        for piece in pieces {
                            let _ = (&stream).write_all(piece);
                        }
                    }
                });
            }
        });
        address
    }

    #[test]
    fn every_request_is_answered_once() {
        let pieces: &[&[u8]] = &[b"HTTP/1.1 200 OK\r\ncontent-le", b"ngth: 2\r\n\r\no", b"k"];
        let mut load = Count { left: 500, lost: 0 };
        let until = Until::Exhausted(Duration::from_secs(20));
        let outcome = drive(server(pieces, usize::MAX), 7, until, &mut load).unwrap();
        assert_eq!((outcome.ops, outcome.failed(), load.lost), (500, 0, 0));
        assert_eq!(outcome.latency.len(), 500);
    }

    #[test]
    fn a_lost_connection_is_counted_and_replaced() {
        let pieces: &[&[u8]] = &[b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"];
        let mut load = Count { left: 100, lost: 0 };
        let until = Until::Exhausted(Duration::from_secs(20));
        let outcome = drive(server(pieces, 10), 2, until, &mut load).unwrap();
        assert_eq!(outcome.ops + u64::from(load.lost), 100);
        assert_eq!(outcome.failed(), u64::from(load.lost));
        assert!(outcome.ops >= 90, "{outcome:?}");
    }

    #[test]
    fn it_ends_after_so_many() {
        let pieces: &[&[u8]] = &[b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n"];
        let mut load = Count { left: u32::MAX, lost: 0 };
        let until = Until::Ops(50, Duration::from_secs(20));
        let outcome = drive(server(pieces, usize::MAX), 3, until, &mut load).unwrap();
        assert!(outcome.ops >= 50 && outcome.all_ops >= outcome.ops, "{outcome:?}");
        assert!(outcome.elapsed > Duration::ZERO);
    }
}
