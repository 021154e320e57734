//! What is read of a degradation that another program, or an earlier run of this one, wrote. What is written
//! is said at the types themselves.

use std::time::Duration;

use serde::{Deserialize, Deserializer};

use super::{Degradation, Tier};

/// A degradation as it is written.
#[derive(Deserialize)]
#[serde(rename = "Degradation")]
struct Written {
    tier: Tier,
    #[serde(default)]
    reason: Option<String>,
    #[serde(default)]
    age: Option<Duration>,
    error: String,
}

// By hand: serde would read the reason, which is borrowed for ever, from what is borrowed for ever alone.
impl<'de> Deserialize<'de> for Degradation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Written { tier, reason, age, error } = Written::deserialize(deserializer)?;
        let error = match reason {
            Some(reason) => format!("{reason}: {error}"),
            None => error,
        };
        Ok(Self { tier, reason: None, age, error })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{from_str, json, to_value};

    use super::*;
    use crate::policy::fallback::{Degradable as _, Served};

    fn stale() -> Degradation {
        Degradation {
            age: Some(Duration::from_millis(1500)),
            ..Degradation::new(Tier::Cached, "no connection")
        }
    }

    #[test]
    fn a_value_is_written_with_what_it_says_of_itself() {
        assert_eq!(to_value(Served::from(7)).unwrap(), json!({ "value": 7, "degradation": null }));
        let reasoned = Served::from(7).degraded(Degradation { reason: Some("the shop is away"), ..stale() });
        let written = json!({
            "value": 7,
            "degradation": {
                "tier": "cached",
                "reason": "the shop is away",
                "age": { "secs": 1, "nanos": 500_000_000 },
                "error": "no connection",
            },
        });
        assert_eq!(to_value(&reasoned).unwrap(), written);
    }

    #[test]
    fn what_was_written_is_read_and_a_reason_is_not_lost() {
        for value in [Served::from(7), Served::from(7).degraded(stale())] {
            let written = serde_json::to_string(&value).unwrap();
            assert_eq!(from_str::<Served<i32>>(&written).unwrap(), value);
        }
        let reasoned = Served::from(7).degraded(Degradation { reason: Some("the shop is away"), ..stale() });
        let read: Served<i32> = from_str(&serde_json::to_string(&reasoned).unwrap()).unwrap();
        let how = Degradation { error: "the shop is away: no connection".into(), ..stale() };
        assert_eq!(read.degradation(), Some(&how));
        assert_eq!(read.degradation().unwrap().to_string(), "cached: the shop is away: no connection");
    }

    #[test]
    fn what_may_be_left_out_is_and_what_is_no_tier_is_an_error() {
        assert_eq!(from_str::<Served<i32>>(r#"{ "value": 7 }"#).unwrap(), Served::from(7));
        let short = r#"{ "value": 7, "degradation": { "tier": "default", "error": "down" } }"#;
        let read = from_str::<Served<i32>>(short).unwrap();
        assert_eq!(read, Served::from(7).degraded(Degradation::new(Tier::Default, "down")));
        let error = from_str::<Served<i32>>(&short.replace("default", "best")).unwrap_err().to_string();
        assert!(error.contains("unknown variant `best`"), "{error}");
    }
}
