use std::cell::RefCell;
use std::rc::Rc;

use resilient::timeout;
use resilient_ui_tests::Fault;

struct Session {
    cache: Rc<RefCell<String>>,
}

#[timeout(secs = 1)]
fn guarded(id: u32, session: Session) -> Result<u32, Fault> {
    session.cache.borrow_mut().push('x');
    Ok(id)
}

#[timeout(secs = 1)]
fn returned(id: u32) -> Result<Session, Fault> {
    Ok(Session { cache: Rc::new(RefCell::new(id.to_string())) })
}

impl Session {
    #[timeout(secs = 1)]
    fn owned(self, id: u32) -> Result<u32, Fault> {
        Ok(id + self.cache.borrow().len() as u32)
    }
}

fn main() {}
