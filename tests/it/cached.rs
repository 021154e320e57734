//! The tier of last good values, as a user writes it: by key, by age, and never a degraded one.

use std::time::Duration;

use resilient::{Served, Tier, fallback, retry};

use crate::support::{Events, Fault, Service, Step, paused, virtually};

const MINUTE: Duration = Duration::from_secs(60);

#[fallback(cached(max_age = "10m", key = (tenant, id)), default = 0, reason = "the catalogue is away")]
#[retry(max_attempts = 2)]
fn price(service: &Service, tenant: &str, id: u32) -> Result<Served<u32>, Fault> {
    assert!(!tenant.is_empty());
    Ok((service.call()? + id).into())
}

#[test]
fn a_failing_call_gets_the_last_good_value_of_its_key_while_it_is_young_enough() {
    virtually(|clock| {
        let (events, _guard) = Events::collect();
        let service = Service::new(&[Step::Answer(100), Step::Answer(200), Step::Fail], None);
        assert_eq!(*price(&service, "a", 1).unwrap(), 101);
        assert_eq!(*price(&service, "b", 1).unwrap(), 201);
        assert_eq!(events.names(), [] as [String; 0]);
        clock.advance(MINUTE * 9);
        let stale = price(&service, "a", 1).unwrap();
        assert_eq!((*stale, stale.is_degraded()), (101, true));
        let how = stale.degradation().unwrap();
        assert_eq!((how.tier, how.reason), (Tier::Cached, Some("the catalogue is away")));
        let age = how.age.unwrap();
        assert!(age >= MINUTE * 9 && age < MINUTE * 9 + Duration::from_secs(2), "{age:?}");
        assert_eq!(*price(&service, "b", 1).unwrap(), 201);
        let unknown = price(&service, "a", 2).unwrap();
        assert_eq!((*unknown, unknown.degradation().unwrap().tier), (0, Tier::Default));
        clock.advance(MINUTE * 2);
        let too_old = price(&service, "a", 1).unwrap();
        assert_eq!(too_old.degradation().unwrap().tier, Tier::Default, "and what it got before was not kept");
        let told: Vec<_> =
            events.named("degraded").iter().map(|event| event.field("tier").to_owned()).collect();
        assert_eq!(told, ["cached", "cached", "default", "default"]);
    });
}

#[fallback(degraded = Err, cached(max_age = "1m"))]
async fn status(service: Service) -> Result<Served<u32>, Fault> {
    Ok(service.call_async().await?.into())
}

#[test]
fn without_a_key_all_calls_share_one_value_and_without_one_the_error_is_the_last_tiers() {
    paused(async {
        let service = Service::new(&[Step::Refuse, Step::Answer(7), Step::Fail], None);
        assert!(matches!(status(service.clone()).await, Err(Fault::Refused(_))));
        assert_eq!(*status(service.clone()).await.unwrap(), 7);
        tokio::time::sleep(MINUTE).await;
        let stale = status(service.clone()).await.unwrap();
        assert_eq!((*stale, stale.is_degraded()), (7, true), "exactly as old as allowed");
        tokio::time::sleep(Duration::from_millis(1)).await;
        assert!(matches!(status(service).await, Err(Fault::Connect(_))));
    });
}

struct Client<T>(T);

impl<T: Copy + Into<u32>> Client<T> {
    #[fallback(cached(max_age = "1m", key = id, capacity = 2))]
    fn get(&self, service: &Service, id: String) -> Result<Served<u32>, Fault> {
        Ok((service.call()? + self.0.into() + u32::try_from(id.len()).unwrap_or(0)).into())
    }
}

#[test]
fn instances_of_a_generic_method_do_not_see_one_anothers_values_and_old_keys_make_room() {
    let answers = Service::new(&[Step::Answer(10)], None);
    let fails = Service::new(&[Step::Fail], None);
    assert_eq!(*Client(1_u8).get(&answers, "a".into()).unwrap(), 12);
    assert!(Client(1_u16).get(&fails, "a".into()).is_err(), "another instance");
    assert_eq!(*Client(2_u8).get(&fails, "a".into()).unwrap(), 12, "`self` is no part of this key");
    for id in ["b", "c", "d"] {
        assert_eq!(*Client(1_u8).get(&answers, id.into()).unwrap(), 12);
    }
    let kept = ["a", "b", "c", "d"].map(|id| Client(1_u8).get(&fails, id.into()).is_ok());
    assert!(kept.iter().filter(|kept| **kept).count() <= 2, "{kept:?}");
    assert!(kept[3], "the last one stays");
}
