"""From the first finding to the end of the response, as the plan has it."""

from typing import Any

import pytest

from geo.tokens import Grant, Role, create_token

ACT = {"reason": "灾情达到启动条件", "by": "市防减救灾办"}


@pytest.fixture
async def holders(api: Any) -> dict[str, dict[str, str]]:
    """Headers of an operator with each authority of the plan."""
    headers = {}
    for authority in ("office", "deputy", "director", "government"):
        grant = Grant(authority, Role.OPERATOR, "1403", authority)
        _, secret = await create_token(api.conn, grant)
        headers[authority] = {"Authorization": f"Bearer {secret}"}
    return headers


@pytest.fixture
def act(api: Any, event: str, holders: dict[str, dict[str, str]]) -> Any:
    async def post(kind: str, who: str, level: str, **changes: object) -> Any:
        path = f"/api/events/{event}/response-level/{kind}"
        return await api.client.post(
            path, json=ACT | {"level": level} | changes, headers=holders[who]
        )

    return post


async def test_level_iii_is_proposed_decided_raised_and_ended(
    api, operator, event, post_report, act
) -> None:
    await post_report({"dead": 12})
    assert (await act("decisions", "deputy", "III")).status_code == 409  # nothing proposed yet
    proposed = await act("proposals", "office", "III")
    assert (proposed.status_code, proposed.json()["clause"]) == (201, "5.3.1(1)")
    assert (await act("decisions", "office", "III")).status_code == 403
    decided = await act("decisions", "deputy", "III", document_number="阳减〔2026〕1号")
    assert decided.json()["state"] == "decided"
    assert decided.json()["told"][0]["zh"]

    await post_report({"dead": 25}, stage="follow_up", as_of="2026-09-15T06:00:00+08:00")
    assert (await act("proposals", "office", "II")).status_code == 201
    raised = await act("decisions", "director", "II")
    assert (raised.json()["state"], raised.json()["in_force"]) == ("adjusted", "II")

    assert (await act("terminations", "deputy", "II")).status_code == 403
    ended = await act("terminations", "director", "II", reason="救灾应急工作结束")
    assert (ended.json()["clause"], ended.json()["state"]) == ("5.7", "ended")
    seen = await api.client.get(f"/api/events/{event}/response-level", headers=operator)
    kinds = [step["kind"] for step in seen.json()["acts"]]
    assert kinds == ["proposal", "start", "proposal", "start", "termination"]
    assert (await post_report({"dead": 26}, as_of="2026-09-15T07:00:00+08:00")).status_code == 201


async def test_the_office_decides_level_iv_alone(post_report, act) -> None:
    await post_report({"dead": 3})
    assert (await act("proposals", "office", "IV")).status_code == 409
    assert (await act("decisions", "deputy", "IV")).status_code == 403
    assert (await act("decisions", "office", "IV")).json()["in_force"] == "IV"
    assert (await act("decisions", "office", "IV")).status_code == 409


async def test_the_government_may_decide_level_i_without_a_proposal(post_report, act) -> None:
    await post_report({"dead": 50})
    assert (await act("decisions", "director", "I")).status_code == 403
    assert (await act("decisions", "government", "I")).json()["in_force"] == "I"


async def test_a_proposal_whose_figures_have_moved_is_not_decided(post_report, act) -> None:
    await post_report({"dead": 12})
    await act("proposals", "office", "III")
    await post_report({"relocated": 6000}, as_of="2026-09-15T06:00:00+08:00")
    moved = await act("decisions", "deputy", "III")
    assert (moved.status_code, moved.json()["code"]) == (412, "level_moved")
    assert "relocated" in moved.json()["detail"]
    refused = await act("decisions", "deputy", "III", outcome="refuse", reason="另行会商")
    assert refused.json()["state"] == "refused"
    assert (await act("proposals", "office", "III")).status_code == 201


async def test_figures_that_moved_may_be_proposed_anew(post_report, act) -> None:
    await post_report({"dead": 12})
    first = await act("proposals", "office", "III")
    assert (await act("proposals", "office", "III")).status_code == 409
    await post_report({"dead": 25}, as_of="2026-09-15T06:00:00+08:00")
    assert (await act("decisions", "deputy", "III")).status_code == 412
    assert (await act("proposals", "office", "II")).status_code == 201
    late = await act("decisions", "deputy", "III", proposal=first.json()["id"])
    assert late.status_code == 409
    assert (await act("decisions", "director", "II")).json()["in_force"] == "II"


async def test_no_proposal_of_a_lower_level_stands_before_the_government(post_report, act) -> None:
    await post_report({"dead": 12})
    await act("proposals", "office", "III")
    await post_report({"dead": 60}, as_of="2026-09-15T06:00:00+08:00")
    started = await act("decisions", "government", "I")
    assert (started.status_code, started.json()["proposal"]) == (201, None)
    assert (await act("decisions", "deputy", "III")).status_code == 409


async def test_a_level_the_figures_do_not_reach_needs_the_clause_for_it(post_report, act) -> None:
    await post_report({"dead": 4})
    short = await act("proposals", "office", "III")
    assert short.status_code == 412
    judged = await act("proposals", "office", "III", clause="5.3.1(5)", reason="余震不断")
    assert judged.status_code == 201
    assert (await act("decisions", "deputy", "III")).json()["in_force"] == "III"


async def test_clauses_acts_and_times_that_can_not_be(post_report, act) -> None:
    await post_report({"dead": 12})
    assert (await act("proposals", "office", "III", clause="9.9")).status_code == 422
    early = await act("proposals", "office", "III", at="2026-09-14T00:00:00+08:00")
    assert early.status_code == 422
    ahead = await act("proposals", "office", "III", at="2026-09-16T00:00:00+08:00")
    assert ahead.status_code == 422
    assert (await act("proposals", "office", "III", reason="")).status_code == 422
    assert (await act("terminations", "deputy", "III")).status_code == 409
    unknown = await act("decisions", "deputy", "III", proposal="no-such")
    assert unknown.status_code == 404


async def test_a_level_starts_by_no_path_of_its_own(api, operator, event, post_report) -> None:
    answer = await post_report({"dead": 60})
    assert answer.json()["response_level"]["level"] == "I"
    seen = await api.client.get(f"/api/events/{event}/response-level", headers=operator)
    assert (seen.json()["state"], seen.json()["in_force"]) == ("recommended", None)
    assert seen.json()["acts"] == []
