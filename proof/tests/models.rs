//! Every model in every order.

use resilient_proof::models;

macro_rules! in_every_order {
    ($($model:path as $test:ident),* $(,)?) => {$(
        #[test]
        fn $test() {
            $model();
        }
    )*};
}

in_every_order!(
    models::probes_at_the_expiry_instant as probes_at_the_expiry_instant,
    models::failures_that_trip_it_together as failures_that_trip_it_together,
    models::a_success_beside_a_failure as a_success_beside_a_failure,
    models::a_result_that_comes_late as a_result_that_comes_late,
    models::a_result_from_an_earlier_life as a_result_from_an_earlier_life,
    models::a_probe_that_is_dropped as a_probe_that_is_dropped,
    models::a_probe_that_took_too_long as a_probe_that_took_too_long,
    models::a_probe_that_closes_it as a_probe_that_closes_it,
    models::a_reset_that_another_thread_knows_of as a_reset_that_another_thread_knows_of,
    models::windows::a_failure_in_a_clean_window as a_failure_in_a_clean_window,
    models::windows::a_failure_beside_a_success_that_is_counted_apart
        as a_failure_beside_a_success_that_is_counted_apart,
    models::windows::successes_that_are_counted_apart as successes_that_are_counted_apart,
    models::commands_beside_calls as commands_beside_calls,
    models::doors::a_success_by_another_door as a_success_by_another_door,
    models::doors::failures_by_two_doors as failures_by_two_doors,
    models::doors::a_door_that_opens_beside_a_trip as a_door_that_opens_beside_a_trip,
    models::keys::a_key_that_is_new_to_both as a_key_that_is_new_to_both,
    models::keys::keys_that_want_one_place as keys_that_want_one_place,
);
