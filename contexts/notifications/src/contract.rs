//! The cases that every adapter of [`Mailbox`] must pass, each on a fresh store.

pub mod preferences;

use crate::{Mail, MailKind, Mailbox, Page};
use souk_kernel::{
    Aggregate, BoxFuture, ManualClock, Mint, OrderId, SeededEntropy, Timestamp, UserId,
};
use std::sync::Arc;

/// One case: its name and its body, which panics when the store is wrong.
pub struct Case {
    /// In words.
    pub name: &'static str,
    /// To be run on an empty store.
    pub run: fn(Arc<dyn Mailbox>) -> BoxFuture<'static, ()>,
}

/// Defines the cases and lists them: a case can't be written and forgotten.
macro_rules! cases {
    ($($(#[$doc:meta])* async fn $name:ident($bench:ident) $body:block)*) => {
        /// Every case.
        #[must_use]
        pub fn cases() -> Vec<Case> {
            let case = |name, run| Case { name, run };
            vec![$(case(stringify!($name), |mailbox| Box::pin($name(Bench::new(mailbox))))),*]
        }
        $($(#[$doc])* async fn $name($bench: Bench) $body)*
    };
}

const AT: Timestamp = Timestamp(1_790_000_000_000);
const ALL: Page = Page { before: None, about: None, user: None, limit: 1_000 };

struct Bench {
    mailbox: Arc<dyn Mailbox>,
    mint: Mint,
}

impl Bench {
    fn new(mailbox: Arc<dyn Mailbox>) -> Self {
        let clock = Arc::new(ManualClock::at(AT));
        Self { mailbox, mint: Mint::new(clock, Arc::new(SeededEntropy::new(5))) }
    }

    fn about(&self) -> Aggregate {
        let order: OrderId = self.mint.mint_anywhere();
        Aggregate(order.uuid())
    }

    fn mail(&self, about: Aggregate, number: u64, kind: MailKind) -> Mail {
        Mail {
            id: self.mint.mint_anywhere(),
            kind,
            about,
            number,
            user: None,
            to: String::from("anna@example.com"),
            subject: format!("Fact {number} — «ünïcode»"),
            text: String::from("line\nline\n"),
            html: String::from("<p>it's \"quoted\"</p>"),
            created_at: AT,
            sent_at: Some(AT.plus_ms(number as i64)),
        }
    }

    async fn post(&self, mails: Vec<Mail>) -> Vec<bool> {
        let answers = self.mailbox.post(mails).await;
        answers.into_iter().map(|answer| answer.expect("the store works")).collect()
    }

    async fn list(&self, page: Page) -> Vec<crate::Envelope> {
        self.mailbox.list(page).await.expect("the store works")
    }
}

cases! {
    async fn a_mail_reads_back(bench) {
        let mut mail = bench.mail(bench.about(), 3, MailKind::OrderConfirmed);
        for sent_at in [Some(AT), None] {
            mail.id = bench.mint.mint_anywhere();
            mail.number += 1;
            mail.sent_at = sent_at;
            assert_eq!(bench.post(vec![mail.clone()]).await, [true]);
            assert_eq!(bench.mailbox.get(mail.id).await, Ok(Some(mail.clone())));
        }
        assert_eq!(bench.mailbox.get(bench.mint.mint_anywhere()).await, Ok(None));
    }

    async fn a_fact_is_told_once(bench) {
        let about = bench.about();
        let first = bench.mail(about, 3, MailKind::OrderConfirmed);
        let mut again = bench.mail(about, 3, MailKind::OrderConfirmed);
        again.subject = String::from("another");
        assert_eq!(bench.post(vec![first.clone()]).await, [true]);
        assert_eq!(bench.post(vec![again.clone()]).await, [false]);
        assert_eq!(bench.list(ALL).await, [first.envelope()], "the first one stays");
        assert_eq!(bench.mailbox.get(again.id).await, Ok(None));
    }

    async fn a_fact_twice_in_a_batch_is_told_once(bench) {
        let (about, other) = (bench.about(), bench.about());
        let mail = |about, number, kind| bench.mail(about, number, kind);
        let batch = vec![
            mail(about, 3, MailKind::OrderConfirmed),
            mail(about, 3, MailKind::OrderConfirmed),
            mail(about, 4, MailKind::OrderConfirmed),
            mail(about, 3, MailKind::OrderRefunded),
            mail(other, 3, MailKind::OrderConfirmed),
        ];
        assert_eq!(bench.post(batch).await, [true, false, true, true, true]);
        assert_eq!(bench.list(ALL).await.len(), 4);
    }

    async fn pages_go_from_new_to_old(bench) {
        let about = bench.about();
        let mut mails: Vec<Mail> =
            (0..7).map(|n| bench.mail(about, n, MailKind::OrderRefunded)).collect();
        assert_eq!(bench.post(mails.clone()).await, [true; 7]);
        mails.reverse();
        let (mut seen, mut before) = (Vec::new(), None);
        for _ in 0..4 {
            let page = bench.list(Page { before, about: None, user: None, limit: 2 }).await;
            assert!(page.len() <= 2);
            before = page.last().map(|envelope| envelope.id);
            seen.extend(page);
        }
        let expected: Vec<_> = mails.iter().map(Mail::envelope).collect();
        assert_eq!(seen, expected);
        assert!(bench.list(Page { before, about: None, user: None, limit: 2 }).await.is_empty());
    }

    async fn mails_are_found_by_what_they_are_about(bench) {
        let (about, other) = (bench.about(), bench.about());
        let mails: Vec<Mail> = [(about, 1), (other, 1), (about, 2), (about, 3)]
            .map(|(about, n)| bench.mail(about, n, MailKind::OrderRefunded))
            .to_vec();
        bench.post(mails.clone()).await;
        let page = Page { about: Some(about), user: None, before: None, limit: 2 };
        assert_eq!(bench.list(page).await, [mails[3].envelope(), mails[2].envelope()]);
        let older = Page { before: Some(mails[2].id), ..page };
        assert_eq!(bench.list(older).await, [mails[0].envelope()]);
    }

    async fn what_is_told_to_people_is_told_once_to_each(bench) {
        let about = bench.about();
        let [ada, bob]: [UserId; 2] = [bench.mint.mint_anywhere(), bench.mint.mint_anywhere()];
        let of = |user, number| Mail {
            user,
            ..bench.mail(about, number, MailKind::PriceDropped)
        };
        let batch = vec![
            of(Some(ada), 3),
            of(Some(bob), 3),
            of(Some(ada), 3),
            of(None, 3),
            of(Some(ada), 4),
        ];
        assert_eq!(bench.post(batch.clone()).await, [true, true, false, true, true]);
        let kept = bench.mailbox.get(batch[1].id).await.expect("the store works");
        assert_eq!(kept.as_ref(), Some(&batch[1]));
        let hers = Page { user: Some(ada), ..ALL };
        assert_eq!(bench.list(hers).await, [batch[4].envelope(), batch[0].envelope()]);
        let next = Page { before: Some(batch[4].id), limit: 1, ..hers };
        assert_eq!(bench.list(next).await, [batch[0].envelope()]);
        let of_order = Page { about: Some(about), ..ALL };
        assert_eq!(bench.list(of_order).await, [batch[3].envelope()]);
    }

    async fn erasing_a_person_leaves_what_was_told_and_no_words(bench) {
        let user: UserId = bench.mint.mint_anywhere();
        let [hers, other]: [OrderId; 2] = [bench.mint.mint_anywhere(), bench.mint.mint_anywhere()];
        let about = |order: OrderId| Aggregate(order.uuid());
        let told = bench.mail(about(hers), 2, MailKind::OrderConfirmed);
        let personal =
            Mail { user: Some(user), ..bench.mail(bench.about(), 1, MailKind::Welcome) };
        let others = bench.mail(about(other), 2, MailKind::OrderConfirmed);
        let batch = vec![told.clone(), personal.clone(), others.clone()];
        assert_eq!(bench.post(batch).await, [true; 3]);
        for _ in 0..2 {
            bench.mailbox.erase(user, &[hers]).await.expect("the store works");
        }
        for mail in [told.clone(), personal] {
            let kept = bench.mailbox.get(mail.id).await.expect("the store works");
            let (to, subject) = (String::new(), String::new());
            let (text, html) = (String::new(), String::new());
            assert_eq!(kept, Some(Mail { to, subject, text, html, ..mail }));
        }
        assert_eq!(bench.mailbox.get(others.id).await, Ok(Some(others)));
        let again = Mail { id: bench.mint.mint_anywhere(), ..told };
        assert_eq!(bench.post(vec![again]).await, [false], "it is not told again");
    }

    async fn every_kind_keeps_its_name(bench) {
        for &kind in MailKind::ALL {
            let mail = bench.mail(bench.about(), 1, kind);
            bench.post(vec![mail.clone()]).await;
            let kept = bench.mailbox.get(mail.id).await.expect("the store works");
            assert_eq!(kept.map(|mail| mail.kind), Some(kind));
        }
    }

    async fn an_empty_post_has_no_answers(bench) {
        assert!(bench.mailbox.post(Vec::new()).await.is_empty());
        assert!(bench.list(ALL).await.is_empty());
    }
}
