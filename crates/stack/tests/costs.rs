//! The figures of `docs/COSTS.md`, computed anew: each is a number, or a formula of those above it.
//!
//! A formula is a sum of products and quotients, taken from left to right, of numbers, of names, and of
//! `agents`, which is 10, 100 and 1,000. A figure is right when it is the computed one, rounded to the
//! decimals that it is printed with.

use std::collections::BTreeMap;

use stack::Stack;

const COSTS: &str = include_str!("../../../docs/COSTS.md");
const AGENTS: [f64; 3] = [10.0, 100.0, 1_000.0];

/// A row of one of its tables.
struct Row<'a> {
    name: &'a str,
    formula: &'a str,
    /// As printed: one for all numbers of agents, or one for each.
    figures: Vec<&'a str>,
}

/// By cells: a name with its number and a remark, a name with formula, figure and remark, or a name with
/// a formula and three figures.
fn rows(text: &str) -> Vec<Row<'_>> {
    let lines = text.lines().filter(|line| line.starts_with("| `"));
    let cells = |line| -> Vec<&str> { str::split(line, '|').map(str::trim).collect() };
    lines
        .map(cells)
        .filter_map(|cells| match *cells {
            ["", name, number, _, ""] => Some((name, number, vec![number])),
            ["", name, formula, figure, _, ""] => Some((name, formula, vec![figure])),
            ["", name, formula, ten, hundred, thousand, ""] => {
                Some((name, formula, vec![ten, hundred, thousand]))
            }
            _ => None,
        })
        .map(|(name, formula, figures)| Row {
            name: name.trim_matches('`'),
            formula,
            figures,
        })
        .collect()
}

fn number(text: &str) -> Option<f64> {
    text.replace(',', "").parse().ok()
}

/// What a formula comes to, if all its names are known.
fn value(formula: &str, known: &BTreeMap<&str, f64>) -> Option<f64> {
    let operand = |word: &str| number(word).or_else(|| known.get(word).copied());
    let product = |term: &str| {
        let mut words = term.split_whitespace();
        let mut product = operand(words.next()?)?;
        while let Some(sign) = words.next() {
            let factor = operand(words.next()?)?;
            match sign {
                "×" => product *= factor,
                "÷" => product /= factor,
                _ => return None,
            }
        }
        Some(product)
    };
    formula.split(" + ").map(product).sum()
}

/// The figure with as many decimals as were printed.
fn as_printed(figure: &str, value: f64) -> String {
    let decimals = figure.split_once('.').map_or(0, |(_, after)| after.len());
    format!("{value:.decimals$}")
}

/// What is wrong in a text of this form.
fn faults(text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    let mut known = AGENTS.map(|agents| BTreeMap::from([("agents", agents)]));
    for Row {
        name,
        formula,
        figures,
    } in rows(text)
    {
        // One figure stands for all numbers of agents.
        for (known, figure) in known.iter_mut().zip(figures.iter().cycle()) {
            let Some(value) = value(formula, known) else {
                faults.push(format!("{name}: {formula} cannot be computed"));
                break;
            };
            let expected = as_printed(figure, value);
            if figure.replace(',', "") != expected {
                faults.push(format!("{name}: {figure} is {expected}"));
            }
            if known.insert(name, value).is_some() {
                faults.push(format!("{name} is there twice"));
            }
        }
    }
    faults
}

fn stated(name: &str) -> f64 {
    let rows = rows(COSTS);
    let row = rows.iter().find(|row| row.name == name);
    row.and_then(|row| number(row.formula))
        .unwrap_or_else(|| panic!("{name} is not stated"))
}

#[test]
fn every_figure_follows_from_what_is_assumed() {
    assert!(rows(COSTS).len() > 50, "the tables have another form");
    assert_eq!(faults(COSTS), [""; 0]);
}

#[test]
fn a_figure_that_does_not_follow_is_found() {
    let text = |figure: &str| {
        format!(
            "| `price` | 0.5 | of one |\n\
             | `cost` | agents × 3 ÷ 2 × price + 1 | 8.50 | 76.00 | {figure} |"
        )
    };
    assert_eq!(faults(&text("751.00")), [""; 0]);
    assert_eq!(faults(&text("751.01")), ["cost: 751.01 is 751.00"]);
    assert_eq!(
        faults("| `cost` | agents × price | 1 | per agent |"),
        ["cost: agents × price cannot be computed"]
    );
    assert_eq!(
        faults("| `a` | 1 | first |\n| `a` | 1 | again |").len(),
        AGENTS.len()
    );
}

/// What is assumed of the deployment is what the template makes by its defaults.
#[test]
fn the_template_is_what_is_counted() {
    let parameters = stack::parameters().unwrap();
    let default = |name: &str| parameters[name]["Default"].as_f64().unwrap();
    assert_eq!(
        stated("memory_gb").to_bits(),
        (default("MemorySize") / 1_024.0).to_bits()
    );
    assert_eq!(
        stated("log_months").to_bits(),
        (default("LogDays") / 30.0).to_bits()
    );
    let given = [
        ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
        ("ConnectOrigin", "https://shop.my.connect.aws"),
        ("ProfilesDomain", "amazon-connect-shop"),
        ("CodeKey", "code/proxy.zip"),
        ("CloudFrontHost", "d111111abcdef8.cloudfront.net"),
        ("CreateUserPool", "true"),
    ];
    let given = given.map(|(name, value)| (name, value.to_owned()));
    let stack = Stack::new(&BTreeMap::from(given)).unwrap();
    let alarms = u32::try_from(stack.of_type("AWS::CloudWatch::Alarm").count()).unwrap();
    assert_eq!(stated("alarms").to_bits(), f64::from(alarms).to_bits());
}
