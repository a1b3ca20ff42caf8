//! Telling a device by how it introduces itself.

use crate::model::{Browser, Device, System};

/// The device of a `User-Agent`; `None` when it says nothing that could be recognised later.
#[must_use]
pub fn device(user_agent: &str) -> Option<Device> {
    let says = |word: &str| user_agent.contains(word);
    // Each calls itself by the names of those before it too.
    let browser = if says("Edg/") || says("EdgA/") || says("EdgiOS/") {
        Browser::Edge
    } else if says("Firefox/") || says("FxiOS/") {
        Browser::Firefox
    } else if says("Chrome/") || says("CriOS/") {
        Browser::Chrome
    } else if says("Safari/") {
        Browser::Safari
    } else {
        Browser::Other
    };
    let system = if says("iPhone") {
        System::Iphone
    } else if says("iPad") {
        System::Ipad
    } else if says("Android") {
        System::Android
    } else if says("Windows") {
        System::Windows
    } else if says("Mac OS X") || says("Macintosh") {
        System::Mac
    } else if says("Linux") || says("X11") {
        System::Linux
    } else {
        System::Other
    };
    let known = browser != Browser::Other || system != System::Other;
    known.then_some(Device { browser, system })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_told_by_how_they_introduce_themselves() {
        for (says, shown) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 \
                 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) \
                 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl on Macintosh", "A program on Mac"),
        ] {
            let device = device(says).expect("it says enough");
            assert_eq!(device.to_string(), shown);
            assert_eq!(Device::from_name(&device.name()), Some(device));
        }
        assert_eq!(device("curl/8.0"), None);
        assert_eq!(device(""), None);
        assert_eq!(Device::from_name("firefox"), None);
    }
}
