//! What a disk keeps of the work that was never synced: pure rules, decided by a seed.
//!
//! Promise: every result is one that a real disk could leave behind under the assumptions that
//! SQLite states for itself: bytes outside a write are never harmed (powersafe overwrite),
//! a file may have grown before its new bytes arrived, and anything not synced may be kept, lost or
//! kept in part, in any order.

use crate::rng::Rng;

/// Bytes a disk writes as one.
const SECTOR: u64 = 512;

/// How much order the disk keeps among what was not synced. Chosen by the seed, once per cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// The cache held everything back: only synced work is left.
    Nothing,
    /// The cache was written back just in time, which is what a kill leaves.
    Everything,
    /// A prefix over all files in the order of the calls, its last write torn.
    InOrder,
    /// Any subset of the calls of each file, the last write kept torn.
    AnyWrites,
    /// Any subset of the sectors of each write.
    AnySectors,
}

impl Rule {
    pub(crate) fn choose(rng: &mut Rng) -> Self {
        match rng.below(100) {
            0..15 => Self::Nothing,
            15..22 => Self::Everything,
            22..45 => Self::InOrder,
            45..75 => Self::AnyWrites,
            _ => Self::AnySectors,
        }
    }
}

/// A change to one file's bytes or length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Change {
    Write { at: u64, bytes: Vec<u8> },
    Truncate { len: u64 },
}

/// A change that was not synced, with its place in the order of all calls of the machine.
#[derive(Clone, Debug)]
pub(crate) struct Pending {
    pub seq: u64,
    pub change: Change,
}

/// What to do to the synced image to get the surviving one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Put {
        at: u64,
        bytes: Vec<u8>,
    },
    Truncate {
        len: u64,
    },
    /// The length reached the disk, the bytes didn't: `None` is zeros, else old garbage from a
    /// seed.
    Grow {
        to: u64,
        garbage: Option<u64>,
    },
}

/// The fate of one file's unsynced changes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Fate {
    pub steps: Vec<Step>,
    pub kept: usize,
    pub lost: usize,
    pub torn: usize,
}

/// The plan of one cut: the rule and, for [`Rule::InOrder`], the call at which the order ends.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub rule: Rule,
    pub last_seq: u64,
}

impl Plan {
    /// Whether an unsynced directory entry (creation, deletion, rename) is kept.
    pub(crate) fn keeps_entry(&self, seq: u64, rng: &mut Rng) -> bool {
        match self.rule {
            Rule::Nothing => false,
            Rule::Everything => true,
            Rule::InOrder => seq < self.last_seq,
            Rule::AnyWrites | Rule::AnySectors => rng.chance(50),
        }
    }

    /// The fate of one file's unsynced changes, in the order in which they were made.
    pub(crate) fn fate(&self, changes: &[Pending], rng: &mut Rng) -> Fate {
        let percent = [10, 30, 50, 70, 90][rng.below(5) as usize];
        let kept: Vec<bool> = changes.iter().map(|c| self.keeps(c.seq, percent, rng)).collect();
        let tear = match self.rule {
            Rule::InOrder => changes.iter().position(|c| c.seq == self.last_seq),
            Rule::AnyWrites if rng.chance(60) => kept.iter().rposition(|kept| *kept),
            _ => None,
        };
        let grow = self.grow(rng);
        let mut fate = Fate::default();
        for (index, pending) in changes.iter().enumerate() {
            let part = match () {
                () if tear == Some(index) => Part::Torn,
                () if !kept[index] => Part::Lost,
                () if self.rule == Rule::AnySectors => Part::Sectors(percent),
                () => Part::Whole,
            };
            fate.take(&pending.change, part, grow, rng);
        }
        fate
    }

    fn keeps(&self, seq: u64, percent: u64, rng: &mut Rng) -> bool {
        match self.rule {
            Rule::Nothing => false,
            Rule::Everything | Rule::AnySectors => true,
            Rule::InOrder => seq < self.last_seq,
            Rule::AnyWrites => rng.chance(percent),
        }
    }

    /// Whether lengths outrun bytes in this cut, and what then fills the gap.
    fn grow(&self, rng: &mut Rng) -> Option<Option<u64>> {
        let seed = rng.word();
        match rng.below(8) {
            _ if self.rule == Rule::Nothing => None,
            0..4 => None,
            4..7 => Some(None),
            _ => Some(Some(seed)),
        }
    }
}

/// How much of one change is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Whole,
    Lost,
    Torn,
    Sectors(u64),
}

impl Fate {
    fn take(&mut self, change: &Change, part: Part, grow: Option<Option<u64>>, rng: &mut Rng) {
        let (at, bytes) = match change {
            Change::Truncate { len } => {
                // A length is one field of one block: it can't be torn.
                let keep = match part {
                    Part::Whole => true,
                    Part::Lost => false,
                    Part::Torn => rng.chance(50),
                    Part::Sectors(percent) => rng.chance(percent),
                };
                if keep {
                    self.kept += 1;
                    self.steps.push(Step::Truncate { len: *len });
                } else {
                    self.lost += 1;
                }
                return;
            }
            Change::Write { at, bytes } => (*at, bytes),
        };
        let pieces = match part {
            Part::Whole => vec![(0, bytes.len())],
            Part::Lost => vec![],
            Part::Torn => tear(at, bytes.len(), rng),
            Part::Sectors(percent) => sectors(at, bytes.len(), percent, rng),
        };
        let held: usize = pieces.iter().map(|(from, to)| to - from).sum();
        match held {
            _ if held == bytes.len() => self.kept += 1,
            0 => self.lost += 1,
            _ => self.torn += 1,
        }
        if let (true, Some(garbage)) = (held < bytes.len(), grow) {
            self.steps.push(Step::Grow { to: at + bytes.len() as u64, garbage });
        }
        for (from, to) in pieces {
            self.steps.push(Step::Put { at: at + from as u64, bytes: bytes[from..to].to_vec() });
        }
    }
}

/// The part that a torn write leaves: its front, cut at a byte or a sector, its back, or some
/// of its sectors.
fn tear(at: u64, len: usize, rng: &mut Rng) -> Vec<(usize, usize)> {
    let byte = rng.below(len as u64 + 1) as usize;
    let edge = sector_edge(at, byte).min(len);
    let pieces = match rng.below(4) {
        0 => vec![(0, byte)],
        1 => vec![(0, edge)],
        2 => vec![(edge, len)],
        _ => sectors(at, len, 50, rng),
    };
    pieces.into_iter().filter(|(from, to)| from < to).collect()
}

/// The first offset in the write, not before `offset`, that lies on a sector's edge in the file.
fn sector_edge(at: u64, offset: usize) -> usize {
    ((at + offset as u64).next_multiple_of(SECTOR) - at) as usize
}

/// Splits a write at the sector edges of the file and keeps each piece with this chance.
fn sectors(at: u64, len: usize, percent: u64, rng: &mut Rng) -> Vec<(usize, usize)> {
    let mut pieces: Vec<(usize, usize)> = Vec::new();
    let mut from = 0;
    while from < len {
        let to = sector_edge(at, from + 1).min(len);
        if rng.chance(percent) {
            match pieces.last_mut() {
                Some(last) if last.1 == from => last.1 = to,
                _ => pieces.push((from, to)),
            }
        }
        from = to;
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(seq: u64, at: u64, len: usize) -> Pending {
        Pending { seq, change: Change::Write { at, bytes: vec![seq as u8; len] } }
    }

    #[test]
    fn sectors_split_at_edges_of_the_file_not_of_the_write() {
        let all = sectors(500, 1100, 100, &mut Rng::new(1));
        assert_eq!(all, vec![(0, 1100)], "all kept is one piece");
        for seed in 0..200 {
            for (from, to) in sectors(500, 1100, 50, &mut Rng::new(seed)) {
                assert!(from == 0 || (500 + from) % 512 == 0, "seed {seed}: {from}");
                assert!(to == 1100 || (500 + to) % 512 == 0, "seed {seed}: {to}");
            }
        }
    }

    #[test]
    fn in_order_keeps_a_prefix_and_at_most_tears_the_last() {
        let changes: Vec<_> = (0..9).map(|seq| write(seq, seq * 700, 700)).collect();
        for seed in 0..300 {
            let mut rng = Rng::new(seed);
            let plan = Plan { rule: Rule::InOrder, last_seq: rng.below(10) };
            let fate = plan.fate(&changes, &mut rng);
            let put = |seq: u64| {
                let bytes = fate.steps.iter().filter_map(|step| match step {
                    Step::Put { bytes, .. } if bytes[0] == seq as u8 => Some(bytes.len()),
                    _ => None,
                });
                bytes.sum::<usize>()
            };
            for seq in 0..9 {
                match seq.cmp(&plan.last_seq) {
                    std::cmp::Ordering::Less => assert_eq!(put(seq), 700, "seed {seed}"),
                    std::cmp::Ordering::Equal => assert!(put(seq) <= 700, "seed {seed}"),
                    std::cmp::Ordering::Greater => assert_eq!(put(seq), 0, "seed {seed}"),
                }
            }
        }
    }

    #[test]
    fn subsets_reorder_and_tear() {
        let changes: Vec<_> = (0..6).map(|seq| write(seq, seq * 4096, 4096)).collect();
        let (mut gaps, mut torn) = (0, 0);
        for seed in 0..300 {
            let plan = Plan { rule: Rule::AnyWrites, last_seq: 0 };
            let fate = plan.fate(&changes, &mut Rng::new(seed));
            let firsts = fate.steps.iter().filter_map(|step| match step {
                Step::Put { bytes, .. } => Some(u64::from(bytes[0])),
                _ => None,
            });
            let seen: std::collections::BTreeSet<u64> = firsts.collect();
            gaps += usize::from(seen.last().is_some_and(|last| (seen.len() as u64) <= *last));
            torn += fate.torn;
            assert_eq!(fate.kept + fate.lost + fate.torn, 6, "seed {seed}");
        }
        assert!(gaps > 100, "a later write without an earlier one: {gaps} of 300");
        assert!(torn > 60, "torn writes: {torn}");
    }

    #[test]
    fn nothing_leaves_nothing_and_everything_leaves_all() {
        let changes = [
            write(0, 0, 10),
            Pending { seq: 1, change: Change::Truncate { len: 3 } },
            write(2, 3, 5),
        ];
        for seed in 0..50 {
            let plan = |rule| Plan { rule, last_seq: 0 };
            let none = plan(Rule::Nothing).fate(&changes, &mut Rng::new(seed));
            assert!(none.steps.is_empty() && none.lost == 3, "seed {seed}");
            let all = plan(Rule::Everything).fate(&changes, &mut Rng::new(seed));
            assert!(all.steps.len() == 3 && all.kept == 3, "seed {seed}");
        }
    }
}
