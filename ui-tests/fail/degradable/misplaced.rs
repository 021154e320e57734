use resilient::Degradable;

#[derive(Degradable)]
#[degradable]
struct Label {
    #[degradable(flag)]
    needs_review: bool,
}

#[derive(Degradable)]
#[degradable(crat = resilient)]
struct Page(#[degradable = true] bool);

fn main() {}
