//! Notifications: what to tell whom, and the mailbox.
