//! What the kernel says that a process has used.

use std::collections::BTreeMap;
use std::fs;

/// Ticks a second in `/proc/<pid>/stat`: fixed on Linux for every architecture that counts.
const TICKS: u64 = 100;

/// CPU and bytes of a process so far.
#[derive(Debug, Clone, Default)]
pub struct Usage {
    /// User and system time, in microseconds.
    pub cpu_us: u64,
    /// By the name of the thread, in microseconds.
    pub threads_us: BTreeMap<String, u64>,
    /// Bytes given to `write` and the like, sockets partly included.
    pub written: u64,
    /// Bytes that went towards a disk.
    pub to_disk: u64,
}

impl Usage {
    /// Of a server: its process and its direct children.
    pub fn of(pid: u32) -> Self {
        let mut usage = Self::alone(pid);
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"));
        for child in children.unwrap_or_default().split_ascii_whitespace() {
            usage.cpu_us += child.parse().map_or(0, cpu_us);
        }
        usage
    }

    /// Of this process, without the servers that are its children.
    pub fn own() -> Self {
        Self::alone(std::process::id())
    }

    fn alone(pid: u32) -> Self {
        let mut usage = Self { cpu_us: cpu_us(pid), ..Self::default() };
        for task in fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten() {
            let read = |name: &str| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            let nanos: u64 =
                read("schedstat").split(' ').next().and_then(|n| n.parse().ok()).unwrap_or(0);
            *usage.threads_us.entry(read("comm").trim().to_owned()).or_default() += nanos / 1_000;
        }
        let io = fs::read_to_string(format!("/proc/{pid}/io")).unwrap_or_default();
        let field = |name: &str| {
            let line = io.lines().find_map(|line| line.strip_prefix(name));
            line.and_then(|value| value.trim().parse().ok()).unwrap_or(0)
        };
        usage.written = field("wchar:");
        usage.to_disk = field("write_bytes:");
        usage
    }

    /// What was used since `before`.
    pub fn since(&self, before: &Self) -> Self {
        let thread = |(name, now): (&String, &u64)| {
            let before = before.threads_us.get(name).copied().unwrap_or(0);
            (name.clone(), now.saturating_sub(before))
        };
        Self {
            cpu_us: self.cpu_us.saturating_sub(before.cpu_us),
            threads_us: self.threads_us.iter().map(thread).collect(),
            written: self.written.saturating_sub(before.written),
            to_disk: self.to_disk.saturating_sub(before.to_disk),
        }
    }
}

fn cpu_us(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    ticks(&stat).unwrap_or(0) * (1_000_000 / TICKS)
}

/// User and system time; the name before them may hold anything.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after) = stat.rsplit_once(')')?;
    let mut fields = after.split_ascii_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + system)
}

#[cfg(test)]
mod tests {
    #[test]
    fn times_are_found_behind_an_odd_name() {
        let stat = "7 (a b) c)) S 1 7 7 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 5 0 1";
        assert_eq!(super::ticks(stat), Some(300));
    }

    #[test]
    fn this_process_has_used_some() {
        let usage = super::Usage::own();
        assert!(!usage.threads_us.is_empty());
    }
}
