//! A letter as plain text.

use crate::model::Shop;
use crate::rules::letter::{Block, Letter};
use std::borrow::Cow;
use std::fmt::Write as _;

/// What somebody else wrote, on one line: a title can't forge lines of the mail.
pub(crate) fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) {
        Cow::Owned(text.replace(char::is_control, " "))
    } else {
        Cow::Borrowed(text)
    }
}

/// The letter with all that follows.
pub(crate) fn set(letter: &Letter, shop: &Shop) -> String {
    let mut out = format!("{}\n", one_line(&letter.heading));
    for paragraph in &letter.says {
        let _ = write!(out, "\n{}\n", one_line(paragraph));
    }
    let _ = write!(out, "\n{}: {}\n", letter.button.says, one_line(&letter.button.url));
    for one in &letter.blocks {
        block(&mut out, one);
    }
    let name = one_line(&shop.name);
    let _ = write!(out, "\n{name}\n{}\nSent {}.\n", shop.base_url, letter.because);
    if let Some(url) = &letter.decline {
        let _ = writeln!(out, "Don't want such mails? {}", one_line(url));
    }
    out
}

fn block(out: &mut String, block: &Block) {
    out.push('\n');
    match block {
        Block::Goods { heading, lines, sums } => {
            let _ = writeln!(out, "{}", one_line(heading));
            for line in lines {
                let title = one_line(&line.title);
                let _ = writeln!(out, "  {} x {title}: {}", line.quantity, line.amount);
            }
            for (label, amount) in sums {
                let _ = writeln!(out, "{label}: {amount}");
            }
        }
        Block::Fact { heading, value } => {
            let _ = writeln!(out, "{heading}: {}", one_line(value));
        }
        Block::Lines { heading, lines } => {
            let _ = writeln!(out, "{heading}");
            for line in lines {
                let _ = writeln!(out, "  {}", one_line(line));
            }
        }
        Block::Offer { title, price, before } => {
            let before = before.as_ref().map(|before| format!(" (was {before})"));
            let (title, before) = (one_line(title), before.unwrap_or_default());
            let _ = writeln!(out, "{title}: {price}{before}");
        }
    }
}
