//! What a session was opened on.

use std::fmt;

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($(#[$each:meta])* $name:ident => $stored:literal, $shown:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $enum {
            $($(#[$each])* $name,)*
        }

        impl $enum {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// Its stable name.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $stored,)* }
            }

            /// As people call it.
            #[must_use]
            pub const fn shown(self) -> &'static str {
                match self { $(Self::$name => $shown,)* }
            }
        }
    };
}

names! {
    /// What shows the pages.
    Browser {
        /// Microsoft's.
        Edge => "edge", "Edge";
        /// Mozilla's.
        Firefox => "firefox", "Firefox";
        /// Google's, and what calls itself so.
        Chrome => "chrome", "Chrome";
        /// Apple's.
        Safari => "safari", "Safari";
        /// Another one.
        Other => "other", "A program";
    }
}

names! {
    /// What it runs on.
    System {
        /// A phone or tablet of many makers.
        Android => "android", "Android";
        /// Apple's phone.
        Iphone => "iphone", "iPhone";
        /// Apple's tablet.
        Ipad => "ipad", "iPad";
        /// Microsoft's.
        Windows => "windows", "Windows";
        /// Apple's.
        Mac => "mac", "Mac";
        /// Linux, on a desk.
        Linux => "linux", "Linux";
        /// Another one.
        Other => "other", "another system";
    }
}

/// What a session was opened on, as far as it said so itself: enough to recognise it in a list, and no
/// more. Shown to its owner, trusted by nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Device {
    /// What shows the pages.
    pub browser: Browser,
    /// What it runs on.
    pub system: System,
}

impl Device {
    /// Its stable name: `firefox/linux`.
    #[must_use]
    pub fn name(self) -> String {
        format!("{}/{}", self.browser.name(), self.system.name())
    }

    /// The device of a stable name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let (browser, system) = name.split_once('/')?;
        let browser = Browser::ALL.iter().copied().find(|known| known.name() == browser)?;
        let system = System::ALL.iter().copied().find(|known| known.name() == system)?;
        Some(Self { browser, system })
    }
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on {}", self.browser.shown(), self.system.shown())
    }
}
