//! Counts tests from what the test harnesses print.

use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many passed.
    pub passed: u64,
    /// How many failed.
    pub failed: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

/// Sums the closing lines of Rust's harness (`test result: ok. 3 passed; 0 failed; ..`) and of
/// Node's in TAP (`# pass 3`, `# fail 0`).
pub fn read(output: &str) -> Tally {
    let mut tally = Tally::default();
    for line in output.lines() {
        if let Some(result) = line.strip_prefix("test result: ") {
            tally += Tally { passed: before(result, "passed"), failed: before(result, "failed") };
        } else if let Some(count) = line.strip_prefix("# pass ") {
            tally.passed += count.trim().parse().unwrap_or(0);
        } else if let Some(count) = line.strip_prefix("# fail ") {
            tally.failed += count.trim().parse().unwrap_or(0);
        }
    }
    tally
}

/// The number in front of a word: `3` for "passed" in `ok. 3 passed; 0 failed`.
fn before(text: &str, word: &str) -> u64 {
    let words: Vec<&str> = text.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
    let pair = words.windows(2).find(|pair| pair[1] == word);
    pair.and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_of_both_harnesses_are_summed() {
        let output = "running 2 tests\ntest a ... ok\n\
            test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; \
            finished in 0.01s\n\
            test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured\n\
            # tests 5\n# pass 4\n# fail 1\n";
        assert_eq!(read(output), Tally { passed: 19, failed: 3 });
    }

    #[test]
    fn other_lines_count_nothing() {
        assert_eq!(read("3 passed\nthe test result: ok. 1 passed\n"), Tally::default());
    }
}
