"""What this program writes has a declared form and is found to be of its era."""

from __future__ import annotations

import pytest

from simulator.engines import vectorised
from simulator.records.api.structures import HIDDEN
from simulator.records.eras import ERA_INDEX, ERA_NAMES
from simulator.records.fields import FIELDS
from simulator.records.kinds import KIND_NAMES, KINDS
from simulator.validation.checking import _matcher_of
from simulator.validation.looks import look_of
from tests.records.cases import cases
from tests.unit.validation.stories import START, a_story, as_lines, report_of, story_lines

_WEEKS = 7 * 24 * 3_600_000


def test_every_record_case_has_a_form_of_its_era():
    """The matcher is derived from the shapes that the cases pin down."""
    unmatched = {}
    for case in cases():
        kind = KINDS[KIND_NAMES.index(case.kind)]
        matched = _matcher_of(kind).match(dict(case.record), case.record["eventTime"])
        failures = {failure.field for failure in matched.failures} - {
            # The cases' administrators have ids that say EXAMPLE; fixed sessions have a UUID.
            "admin.principal",
            "admin.role_id",
            "admin.key",
            "session.handle",
        }
        if matched.differences or ERA_INDEX[case.era] not in matched.eras or failures:
            unmatched[case.name] = (matched.differences, matched.eras, failures)

    assert unmatched == {}


@pytest.mark.parametrize("era", ["by-date", *ERA_NAMES])
def test_a_story_of_every_flow_has_no_finding(tmp_path, era):
    """Neither in its forms nor across its records, though every finding were an error."""
    lines = story_lines(39 if era == "by-date" else 14, era)
    cutover = "announced" if era == "by-date" else None

    report = report_of(tmp_path, b"\n".join(lines), ours=True, cutover=cutover)

    assert report.findings == ()
    assert report.records == len(lines)
    assert set(report.kinds) == set(KIND_NAMES)


@pytest.mark.parametrize("weeks", [-60, 30, 60])
def test_forms_follow_the_time_where_the_time_decides(tmp_path, weeks):
    """Versions, hosts and token responses change by time, not by era."""
    plan = a_story(13, start=START + weeks * _WEEKS, escapes=True)
    lines = vectorised.render(plan, 0, plan.horizon).lines

    assert report_of(tmp_path, b"\n".join(lines), ours=True).findings == ()


@pytest.mark.parametrize(
    "constants",
    [{"switch_sid": 1}, {"switch_kept_name": 1, "switch_failed_known": 1, "switch_hidden_name": 1}],
)
@pytest.mark.parametrize("era", ERA_NAMES)
def test_every_switch_is_allowed_for(tmp_path, era, constants):
    """Where the sources disagree, either form is a form."""
    plan = a_story(13, era=era, constants=constants)
    lines = vectorised.render(plan, 0, plan.horizon).lines

    assert report_of(tmp_path, b"\n".join(lines), ours=True).findings == ()


def test_the_era_is_found_by_the_form(tmp_path):
    """Records that look alike in several eras count under all their names."""
    for era in ERA_NAMES:
        eras = report_of(tmp_path, b"\n".join(story_lines(14, era))).eras
        assert all(era in name or name == "every era" for name in eras)
        assert eras[era] > 100


def test_no_record_tells_the_era_of_another(tmp_path):
    """Negative control: under the pinned first era, later forms are never found."""
    eras = report_of(tmp_path, b"\n".join(story_lines(14, "pre-october-2024"))).eras

    assert "post-january-2025" not in eras


def test_every_field_has_a_look_and_no_text_that_is_shown_looks_like_a_mask():
    """A field added later is any text until it gets a row of its own."""
    for name in FIELDS:
        look = look_of(name)
        assert not look(HIDDEN), name
        assert not look(""), name


def test_the_report_counts_every_record_once(tmp_path):
    """By kind, and by era for the kinds that are known."""
    report = report_of(tmp_path, b"\n".join(story_lines()))

    assert sum(report.kinds.values()) == sum(report.eras.values()) == report.records
    assert as_lines([]) == b""
