use resilient::Degradable;

#[derive(Degradable)]
struct Label {
    name: String,
    #[degradable]
    confidence: Option<f32>,
}

fn main() {}
