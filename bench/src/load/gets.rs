//! Pages and searches: prebuilt GETs.

use super::refusal;
use crate::drive::{Load, Step, Times};
use crate::http::{Answer, Template};
use crate::seed::{Item, Zipf};
use souk_kernel::{Entropy, SeededEntropy};

/// The load.
pub struct Gets {
    requests: Vec<Template>,
    zipf: Option<Zipf>,
    entropy: SeededEntropy,
    /// Bytes of answers.
    pub bytes: u64,
}

impl Gets {
    /// The pages of these products, the first most often.
    pub fn pages(items: &[Item], many: usize, seed: u64) -> Self {
        let page = |item: &Item| Template::get(&format!("/p/{}", item.product), "text/html");
        let requests: Vec<Template> = items.iter().take(many.max(1)).map(page).collect();
        let zipf = Some(Zipf::over(requests.len()));
        Self { requests, zipf, entropy: SeededEntropy::new(seed), bytes: 0 }
    }

    /// Distinct searches: a third misspelt, half with two filters.
    pub fn searches(path: &str, items: &[Item], many: usize, seed: u64) -> Self {
        let entropy = SeededEntropy::new(seed);
        let accept = if path.starts_with("/api") { "application/json" } else { "text/html" };
        let requests = (0..many.max(1_000))
            .map(|n| Template::get(&format!("{path}?{}", query(n, items, &entropy)), accept));
        Self { requests: requests.collect(), zipf: None, entropy, bytes: 0 }
    }

    /// One path, again and again.
    pub fn one(path: &str, accept: &str) -> Self {
        let requests = vec![Template::get(path, accept)];
        Self { requests, zipf: None, entropy: SeededEntropy::new(0), bytes: 0 }
    }
}

fn query(n: usize, items: &[Item], entropy: &SeededEntropy) -> String {
    let item = &items[entropy.next_u64() as usize % items.len()];
    let [adjective, noun, colour] = item.words;
    let noun = if n.is_multiple_of(3) { misspelt(noun, entropy) } else { noun.to_owned() };
    let text = match n % 4 {
        0 => noun,
        1 => format!("{adjective}+{noun}"),
        2 => format!("{noun}+{colour}"),
        _ => format!("{}+{noun}", item.brand),
    };
    let most = 2_000 + entropy.next_u64() % 50_000;
    match n % 2 {
        0 => format!("q={text}"),
        _ => format!("q={text}&brand={}&max_price={most}", item.brand),
    }
}

/// Two neighbours change places.
fn misspelt(word: &str, entropy: &SeededEntropy) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    let at = 1 + entropy.next_u64() as usize % letters.len().saturating_sub(2).max(1);
    if at + 1 < letters.len() {
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

impl Load for Gets {
    fn ask(&mut self, _: usize, out: &mut Vec<u8>) -> bool {
        let at = match &self.zipf {
            Some(zipf) => zipf.pick(&self.entropy),
            None => self.entropy.next_u64() as usize % self.requests.len(),
        };
        self.requests[at].write(b"", b"", out);
        true
    }

    fn take(&mut self, _: usize, answer: Option<&Answer<'_>>, _: Times) -> Step {
        match answer {
            Some(answer) if answer.status == 200 => {
                self.bytes += answer.len as u64;
                Step::Done
            }
            other => Step::Failed(refusal(other)),
        }
    }
}
