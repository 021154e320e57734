use resilient::retry;
use resilient_ui_tests::Fault;

struct Log(Vec<String>);

impl Log {
    #[retry]
    fn last(&mut self, name: &str) -> Result<&mut String, Fault> {
        self.0.push(name.to_owned());
        self.0.last_mut().ok_or(Fault::Lost)
    }

    #[retry]
    async fn shared(&mut self) -> Result<&str, Fault> {
        self.0.push(String::new());
        self.0.last().map(String::as_str).ok_or(Fault::Lost)
    }

    #[retry]
    fn named<'a>(&self, log: &'a mut Vec<String>) -> Result<Option<&'a str>, Fault> {
        log.push(String::new());
        Ok(log.last().map(String::as_str))
    }

    /// Not a borrow of what is mutable.
    #[retry]
    fn other<'a>(&mut self, name: &'a str) -> Result<&'a str, Fault> {
        self.0.push(name.to_owned());
        Ok(name)
    }

    /// Nor this.
    #[retry]
    fn lasting(&mut self, count: &mut u32) -> Result<&'static str, Fault> {
        *count += 1;
        Ok("x")
    }
}

fn main() {}
