use resilient::Degradable;

#[derive(Degradable)]
struct Label {
    name: String,
    needs_review: bool,
}

#[derive(Degradable)]
struct Unit;

fn main() {}
