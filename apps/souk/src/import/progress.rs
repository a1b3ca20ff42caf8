//! What whoever imports sees of it.

use indicatif::{ProgressBar, ProgressStyle};
use souk_catalog::import::{Finding, Severity, Summary, Watch};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// A bar on a terminal, a line now and then elsewhere; the report; what to say at the end.
pub struct Progress {
    bar: Option<ProgressBar>,
    read: Arc<AtomicU64>,
    size: u64,
    report: File,
    said: Instant,
    refusals: BTreeMap<(String, String), (u64, u64)>,
}

impl Progress {
    pub fn new(read: Arc<AtomicU64>, size: u64, report: &Path) -> Result<Self, String> {
        let failed = |e: std::io::Error| format!("{}: {e}", report.display());
        let file = File::options().create(true).append(true).open(report).map_err(failed)?;
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new(size);
            let shape = "{bar:30} {percent:>3}% {bytes}/{total_bytes} {msg} {eta} left";
            bar.set_style(
                ProgressStyle::with_template(shape).unwrap_or(ProgressStyle::default_bar()),
            );
            bar
        });
        Ok(Self { bar, read, size, report: file, said: Instant::now(), refusals: BTreeMap::new() })
    }

    pub fn end(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }

    #[expect(clippy::print_stdout, reason = "the summary is this command's output")]
    pub fn summary(&mut self, done: &Summary, report: &Path, seconds: f64, pictures: (u64, u64)) {
        let taken = done.created + done.changed + done.unchanged;
        println!(
            "{} rows in {seconds:.1} s: {taken} products taken ({} new, {} changed, {} unchanged), {} \
             refused, {} fields cut or left out",
            done.lines, done.created, done.changed, done.unchanged, done.refused, done.notes
        );
        if pictures != (0, 0) {
            println!("{} pictures are new, {} were there", pictures.0, pictures.1);
        }
        if done.resumed_at > 0 {
            println!("went on behind row {}, where an earlier run had stopped", done.resumed_at);
        }
        for ((field, reason), (count, first)) in self.refusals.iter().take(20) {
            println!("  refused {count}: {field} {reason} (first: line {first})");
        }
        if done.refused + done.notes > 0 {
            println!("every one of them: {}", report.display());
        }
    }
}

impl Watch for Progress {
    fn found(&mut self, finding: &Finding) -> std::io::Result<()> {
        if finding.severity == Severity::Refused && self.refusals.len() < 1_000 {
            let kind = (finding.field.clone(), finding.reason.clone());
            self.refusals.entry(kind).or_insert((0, finding.line)).0 += 1;
        }
        // Written at once, before the batch is committed: a crash loses no finding.
        let mut line = serde_json::to_vec(finding)?;
        line.push(b'\n');
        self.report.write_all(&line)
    }

    #[expect(clippy::print_stderr, reason = "progress of a command")]
    fn progress(&mut self, so_far: &Summary) {
        let read = self.read.load(Ordering::Relaxed);
        if let Some(bar) = &self.bar {
            bar.set_position(read);
            bar.set_message(format!("{} rows, {} refused", so_far.lines, so_far.refused));
        } else if self.said.elapsed().as_secs() >= 5 {
            self.said = Instant::now();
            let percent = read * 100 / self.size.max(1);
            eprintln!("{percent}%: {} rows, {} refused", so_far.lines, so_far.refused);
        }
    }
}
