//! The one plug of a machine: every change of every file passes here, one after another.
//!
//! Promise: changes are totally ordered, each is either wholly before the cut or refused, except
//! the one in flight, which is recorded as unsynced and answered with a failure.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use parking_lot::{Mutex, MutexGuard};

use crate::disk::Disk;
use crate::rng::Rng;

/// When the power goes, counted from the moment of arming. Counts start at 1; 0 is like 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// During the n-th change: a write, truncation, sync, creation, deletion or rename.
    AfterOps(u64),
    /// During the n-th write.
    AtWrite(u64),
    /// During the n-th sync of a file or directory: its caller sees a failure.
    AtSync(u64),
    /// During one of the next n changes, which one the machine's seed decides.
    Within(u64),
}

/// What kind of change passes the plug.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Write,
    Sync,
    Other,
}

/// Why a change didn't happen.
#[derive(Debug)]
pub(crate) enum Fault {
    /// There is no power.
    Off,
    /// The real VFS refused with this SQLite code.
    Real(i32),
    /// The live directory or the synced images can't be written: the simulator itself fails.
    Io(io::Error),
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Fault> for io::Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Off => Self::other("the power is off"),
            Fault::Real(code) => Self::other(format!("SQLite code {code}")),
            Fault::Io(error) => error,
        }
    }
}

#[derive(Default)]
struct Counts {
    all: u64,
    writes: u64,
    syncs: u64,
}

struct State {
    disk: Disk,
    counts: Counts,
    /// What is left until the cut; counts down.
    armed: Option<Cut>,
    /// What was in flight when the counting ended.
    cut_during: Option<(Kind, PathBuf)>,
    /// The first failure of the simulator's own files: no verdict may be drawn after it.
    broken: Option<String>,
}

pub(crate) struct Plug {
    seed: u64,
    off: AtomicBool,
    state: Mutex<State>,
}

impl Plug {
    pub(crate) fn new(seed: u64, disk: Disk) -> Self {
        let state =
            State { disk, counts: Counts::default(), armed: None, cut_during: None, broken: None };
        Self { seed, off: AtomicBool::new(false), state: Mutex::new(state) }
    }

    pub(crate) fn is_off(&self) -> bool {
        self.off.load(Ordering::Acquire)
    }

    /// Pulls the plug. A change in progress ends first; no later one begins.
    pub(crate) fn cut(&self) {
        let _no_change_in_progress = self.state.lock();
        self.off.store(true, Ordering::Release);
    }

    pub(crate) fn arm(&self, cut: Cut) {
        let mut state = self.state.lock();
        let counts = state.counts.all;
        state.armed = Some(match cut {
            Cut::Within(n) => Cut::AfterOps(Rng::new(self.seed).fork(counts).below(n.max(1)) + 1),
            other => other,
        });
    }

    pub(crate) fn disarm(&self) {
        self.state.lock().armed = None;
    }

    /// All changes, writes and syncs that passed.
    pub(crate) fn counts(&self) -> (u64, u64, u64) {
        let state = self.state.lock();
        (state.counts.all, state.counts.writes, state.counts.syncs)
    }

    /// The change during which an armed cut happened: its kind, and the file below the root.
    pub(crate) fn cut_during(&self) -> Option<(Kind, PathBuf)> {
        let state = self.state.lock();
        let (kind, path) = state.cut_during.as_ref()?;
        Some((*kind, path.strip_prefix(state.disk.root()).unwrap_or(path).to_owned()))
    }

    /// Makes one change of a file, under power.
    pub(crate) fn change<T>(
        &self,
        kind: Kind,
        path: &Path,
        make: impl FnOnce(&mut Disk) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let mut state = self.lock_live()?;
        let last = state.count(kind);
        if last {
            state.cut_during = Some((kind, path.to_owned()));
        }
        if last && kind == Kind::Sync {
            // Power failed while the disk was busy with it: the rules decide what got through.
            self.off.store(true, Ordering::Release);
            return Err(Fault::Off);
        }
        let made = make(&mut state.disk);
        if let Err(Fault::Io(error)) = &made {
            state.broken.get_or_insert_with(|| error.to_string());
        }
        if last {
            self.off.store(true, Ordering::Release);
            return Err(Fault::Off);
        }
        made
    }

    /// Looks at the disk, or adopts what lies there, without counting as a change.
    pub(crate) fn look<T>(
        &self,
        look: impl FnOnce(&mut Disk) -> io::Result<T>,
    ) -> Result<T, Fault> {
        Ok(look(&mut self.lock_live()?.disk)?)
    }

    /// Reads the dead disk with the seed that decides what is on it.
    pub(crate) fn autopsy<T>(
        &self,
        read: impl FnOnce(&Disk, u64) -> io::Result<T>,
    ) -> io::Result<T> {
        let state = self.state.lock();
        if !self.is_off() {
            return Err(io::Error::other("the machine still runs: cut its power first"));
        }
        if let Some(why) = &state.broken {
            return Err(io::Error::other(format!("the simulator's own disk failed: {why}")));
        }
        read(&state.disk, self.seed)
    }

    fn lock_live(&self) -> Result<MutexGuard<'_, State>, Fault> {
        let state = self.state.lock();
        if self.is_off() { Err(Fault::Off) } else { Ok(state) }
    }
}

impl State {
    /// Counts a change; true if the power goes during it.
    fn count(&mut self, kind: Kind) -> bool {
        self.counts.all += 1;
        self.counts.writes += u64::from(kind == Kind::Write);
        self.counts.syncs += u64::from(kind == Kind::Sync);
        let left = match &mut self.armed {
            Some(Cut::AfterOps(n) | Cut::Within(n)) => n,
            Some(Cut::AtWrite(n)) if kind == Kind::Write => n,
            Some(Cut::AtSync(n)) if kind == Kind::Sync => n,
            _ => return false,
        };
        *left = left.saturating_sub(1);
        *left == 0
    }
}
