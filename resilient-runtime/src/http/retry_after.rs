//! How long an answer asks to wait: `Retry-After` and `retry-after-ms`. The only file that reads the wall
//! clock: a date says nothing about how long to wait without one.

use std::time::Duration;

use ::http::header::{DATE, RETRY_AFTER};
use ::http::{HeaderMap, HeaderName};

/// Milliseconds, as model servers send them beside the seconds.
const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");

/// How long these headers ask to wait: what `retry-after-ms` says, or else `Retry-After`
/// ([RFC 9110, 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)).
///
/// A date counts from the answer's own `Date`, so that it does not matter whether the two clocks agree; without
/// one, or with one that is no date, it counts from this machine's clock. Otherwise as
/// [`parse_retry_after`]. `None` where the headers say nothing that can be read.
///
/// # Examples
///
/// ```
/// use std::time::Duration;
/// use http::{HeaderMap, HeaderValue};
/// use resilient_runtime::http::retry_after;
///
/// let mut headers = HeaderMap::new();
/// headers.insert("date", HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT"));
/// headers.insert("retry-after", HeaderValue::from_static("Sun, 06 Nov 1994 08:50:07 GMT"));
/// assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
/// headers.insert("retry-after-ms", HeaderValue::from_static("1500"));
/// assert_eq!(retry_after(&headers), Some(Duration::from_millis(1500)));
/// ```
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    text(headers, &RETRY_AFTER_MS)
        .and_then(|value| whole(value, Duration::from_millis))
        .or_else(|| parse_retry_after(text(headers, &RETRY_AFTER)?, sent(headers)))
}

/// Reads the value of `Retry-After`: whole seconds, or an HTTP date in one of its three forms
/// ([RFC 9110, 5.6.7](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7)), which counts from `now`.
///
/// A date that is over means "at once": zero. Seconds beyond counting saturate at [`Duration::MAX`]. What is
/// neither (signs, fractions, units, other digits than ASCII's) gives `None`: as if nothing had been asked.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use resilient_runtime::http::parse_retry_after;
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // 6 November 1994, 08:49:37
/// assert_eq!(parse_retry_after("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(parse_retry_after("Sun, 06 Nov 1994 08:50:07 GMT", now), Some(Duration::from_secs(30)));
/// assert_eq!(parse_retry_after("-1", now), None);
/// ```
#[must_use]
#[expect(clippy::disallowed_types, reason = "an HTTP date is one of the wall clock's")]
pub fn parse_retry_after(value: &str, now: std::time::SystemTime) -> Option<Duration> {
    whole(value, Duration::from_secs).or_else(|| {
        let date = httpdate::parse_http_date(value).ok()?;
        Some(date.duration_since(now).unwrap_or(Duration::ZERO))
    })
}

/// When the answer was sent, by the server's clock; by ours where it does not say.
#[expect(clippy::disallowed_types, reason = "what an HTTP date counts from")]
fn sent(headers: &HeaderMap) -> std::time::SystemTime {
    text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or_else(std::time::SystemTime::now)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Digits alone, of so many units. Not `str::parse`: it takes a sign, too.
fn whole(value: &str, unit: fn(u64) -> Duration) -> Option<Duration> {
    let digits = value.trim_ascii();
    let whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    whole.then(|| digits.parse().map_or(Duration::MAX, unit))
}

#[cfg(test)]
#[expect(clippy::disallowed_types, reason = "dates are the wall clock's")]
mod tests {
    use std::time::SystemTime;

    use ::http::HeaderValue;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    /// The RFC's example, 06 Nov 1994 08:49:37.
    const EXAMPLE: Duration = Duration::from_secs(784_111_777);

    fn read(value: &str) -> Option<Duration> {
        parse_retry_after(value, SystemTime::UNIX_EPOCH + EXAMPLE)
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|&(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect()
    }

    #[test]
    fn seconds_are_ascii_digits_and_nothing_else() {
        for (value, seconds) in
            [("0", 0), ("120", 120), (" 120 ", 120), ("\t7", 7), ("007", 7), ("86400", 86_400)]
        {
            assert_eq!(read(value), Some(seconds * SECOND), "{value:?}");
        }
        for malformed in [
            "",
            " ",
            "+3",
            "-3",
            "-1",
            "-0",
            "-999999999999",
            "1.5",
            "1,5",
            "0x10",
            "1e3",
            "5s",
            "5 s",
            "1 2",
            "１",
            "١",
            "NaN",
            "inf",
            "null",
            "soon",
            "120, 60",
            "120;",
            "\u{a0}1",
        ] {
            assert_eq!(read(malformed), None, "{malformed:?}");
        }
    }

    #[test]
    fn what_cannot_be_counted_is_for_ever() {
        assert_eq!(read(&u64::MAX.to_string()), Some(Duration::from_secs(u64::MAX)));
        assert_eq!(read("18446744073709551616"), Some(Duration::MAX));
        assert_eq!(read(&format!("1{}", "0".repeat(40))), Some(Duration::MAX));
        assert_eq!(read(&format!("{}9", "0".repeat(40))), Some(9 * SECOND));
    }

    #[test]
    fn a_date_has_three_forms_and_counts_from_now() {
        for date in [
            "Sun, 06 Nov 1994 08:50:07 GMT",
            "Sunday, 06-Nov-94 08:50:07 GMT",
            "Sun Nov  6 08:50:07 1994",
            " Sun, 06 Nov 1994 08:50:07 GMT ",
        ] {
            assert_eq!(read(date), Some(30 * SECOND), "{date:?}");
        }
        for over in
            ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:36 GMT", "Thu Jan  1 00:00:00 1970"]
        {
            assert_eq!(read(over), Some(Duration::ZERO), "{over:?}");
        }
        for malformed in [
            "Sun, 99 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37",
            "Sun, 06 Nov 1994 08:49:37 PST",
            "Sun, 30 Feb 1994 08:49:37 GMT",
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 19９4 08:49:37 GMT",
            "1994-11-06T08:49:37Z",
        ] {
            assert_eq!(read(malformed), None, "{malformed:?}");
        }
        let last = read("Fri, 31 Dec 9999 23:59:59 GMT").map(|wait| wait + EXAMPLE);
        assert_eq!(last, Some(Duration::from_secs(253_402_300_799)));
        let after_all = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 60);
        assert_eq!(parse_retry_after("Fri, 31 Dec 9999 23:59:59 GMT", after_all), Some(Duration::ZERO));
    }

    #[test]
    fn nothing_that_a_server_can_send_panics() {
        let mut dice = fastrand::Rng::with_seed(9110);
        let dates =
            ["Sun, 06 Nov 1994 08:50:07 GMT", "Sunday, 06-Nov-94 08:50:07 GMT", "Sun Nov  6 08:50:07 1994"];
        let now = SystemTime::UNIX_EPOCH + EXAMPLE;
        for round in 0..200_000 {
            // Noise alone, and dates with noise in them.
            let mut bytes = match dates.get(dice.usize(0..6)) {
                Some(date) => date.as_bytes().to_vec(),
                None => vec![0; dice.usize(0..40)],
            };
            let blanks = bytes.iter().all(|&byte| byte == 0);
            for byte in &mut bytes {
                if blanks || dice.u8(0..10) == 0 {
                    *byte = if dice.bool() { dice.u8(b'0'..=b'9') } else { dice.u8(..) };
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            let wait = parse_retry_after(&text, now);
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            assert!(!digits || wait.is_some(), "round {round}: {text:?}");
            let Ok(value) = HeaderValue::from_bytes(&bytes) else { continue };
            for name in [RETRY_AFTER, RETRY_AFTER_MS, DATE] {
                let mut headers = headers(&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")]);
                headers.insert(name, value.clone());
                let _ = retry_after(&headers);
            }
        }
    }

    #[test]
    fn milliseconds_come_before_seconds_where_they_can_be_read() {
        let of = |pairs: &[_]| retry_after(&headers(pairs));
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[("retry-after", "2")]), Some(2 * SECOND));
        assert_eq!(
            of(&[("retry-after-ms", "1500"), ("retry-after", "2")]),
            Some(Duration::from_millis(1500))
        );
        for malformed in ["", "-1", "1.5", "1s"] {
            assert_eq!(of(&[("retry-after-ms", malformed)]), None, "{malformed:?}");
            assert_eq!(of(&[("retry-after-ms", malformed), ("retry-after", "2")]), Some(2 * SECOND));
        }
        assert_eq!(of(&[("retry-after-ms", "99999999999999999999")]), Some(Duration::MAX));
    }

    #[test]
    fn a_date_counts_from_the_answers_date_and_without_it_from_the_clock() {
        let later = ("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT");
        let of = |pairs: &[_]| retry_after(&headers(pairs));
        assert_eq!(of(&[later, ("date", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(30 * SECOND));
        // Long ago by this machine's clock.
        for date in ["yesterday", ""] {
            assert_eq!(of(&[later, ("date", date)]), Some(Duration::ZERO), "{date:?}");
        }
        assert_eq!(of(&[later]), Some(Duration::ZERO));
        // Seconds count from nothing.
        assert_eq!(of(&[("retry-after", "5"), ("date", "Sun, 06 Nov 1994 08:49:37 GMT")]), Some(5 * SECOND));
        let in_an_hour = httpdate::fmt_http_date(SystemTime::now() + 3600 * SECOND);
        let mut headers = HeaderMap::new();
        headers
            .insert(RETRY_AFTER, HeaderValue::try_from(in_an_hour).unwrap_or(HeaderValue::from_static("")));
        let wait = retry_after(&headers).unwrap_or_default();
        assert!((3590 * SECOND..=3600 * SECOND).contains(&wait), "{wait:?}");
    }
}
