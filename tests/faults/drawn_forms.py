"""Faults in which rival forms a run has, in what they make of a variance, and in what they turn round."""

from typing import Final

FORMS: Final = "test_forms.py"
VARIANCE: Final = "test_variance.py"
EQUATIONS: Final = "test_equations.py"

BY_FILE: Final = {
    "scenario/forms.py": [
        ("luck * bounds[-1]", "luck", FORMS),
        ("if chosen.get(name) == DRAWN}", "if name in chosen}", FORMS),
        ("found | {name: _shared(codes)", "{name: _shared(codes)", FORMS),
        ("if form.weight and place != likeliest", "if place != likeliest", FORMS),
    ],
    "scenario/parameter_sets.py": [
        ("codes[set_of(runs, len(codes))]", "codes[np.asarray(runs) % len(codes)]", FORMS),
        ("if self.drawn else parameters", "", FORMS),
    ],
    "scenario/posteriors.py": [
        ("np.array([code(mechanism, word) for word in words])", "np.zeros(len(words), dtype=int)", FORMS),
    ],
    "scenario/staleness.py": [
        ("(codes != code(mechanism, form)).mean()", "(codes == code(mechanism, form)).mean()", FORMS),
    ],
    "studies/calibrate/simulator.py": [
        (
            "codes[:, place].reshape(-1, 1, 1, 1)",
            "0 * codes[:, place].reshape(-1, 1, 1, 1)",
            "test_calibration_moments.py",
        ),
    ],
    "studies/run/variance.py": [
        ("(sets - 1.0) / (sets - columns - 1.0)", "1.0", VARIANCE),
        ("min(part * scale, share)", "part", VARIANCE),
        ("np.unique(codes)[1:]", "np.unique(codes)[:1]", VARIANCE),
    ],
    "studies/compare/equations.py": [
        ("has = by_run == code", "has = by_run != code", EQUATIONS),
        ("np.array_equal(ours[name], theirs[name])", "True", EQUATIONS),
        (".middle < 0.0", ".middle > 0.0", EQUATIONS),
    ],
}
"""What stands there, what is put there instead, and which tests must fail, by file of the package."""
