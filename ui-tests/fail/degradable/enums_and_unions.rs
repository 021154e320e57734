use resilient::Degradable;

#[derive(Degradable)]
enum Label {
    Known(String),
    Unknown,
}

#[derive(Degradable)]
union Bits {
    flag: bool,
}

fn main() {}
