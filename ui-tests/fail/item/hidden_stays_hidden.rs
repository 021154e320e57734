//! A guarded function is seen from no further than it says.
mod inner {
    use resilient::retry;
    use resilient_ui_tests::Fault;

    #[retry]
    fn private() -> Result<(), Fault> {
        Err(Fault::Lost)
    }

    pub mod deeper {
        use resilient::{circuit_breaker, retry};
        use resilient_ui_tests::Fault;

        #[circuit_breaker]
        #[retry]
        pub(super) async fn for_the_parent() -> Result<(), Fault> {
            Err(Fault::Lost)
        }
    }

    pub async fn uses() {
        let _ = (private(), deeper::for_the_parent().await);
    }
}

fn main() {
    let _ = inner::private();
    let _ = inner::deeper::for_the_parent();
}
