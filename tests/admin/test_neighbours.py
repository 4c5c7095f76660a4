"""The operator's page about programs of others: who is told of cases, and keys of those that send cases in."""

import re

from bot.domain.people import Role
from bot.domain.thread import CaseEvent, EventKind
from tests.admin.desk import Browser, StaffDesk
from tests.admin.test_settings import told

HERE = "/staff/settings/neighbours"


def secret_on(browser: Browser) -> str:
    found = re.search(r'data-testid="secret">([^<]+)<', browser.text)
    assert found
    return found[1]


async def test_an_operator_subscribes_a_program_and_cares_for_it(desk: StaffDesk) -> None:
    """Its secret is shown once; tested, given another secret, disabled, told again; each act is on the trail."""
    operator = await desk.signed_in("oanh", Role.OPERATOR, ward=None)
    await operator.opens("/staff/settings")
    assert f'href="{HERE}"' in operator.text
    await operator.opens(HERE)
    made = await operator.submits("neighbour-form", name="Cổng thông tin", address="https://8.8.8.8/hook", filed="yes")
    assert (made.status, made.headers["Cache-Control"]) == (200, "no-store")
    secret = secret_on(operator)
    await operator.opens(HERE)
    assert secret not in operator.text
    [link] = re.findall(rf'href="({HERE}/\d+)"', operator.text)
    await operator.opens(link)
    assert secret not in operator.text
    assert operator.shows("neighbours_kind_filed")
    assert not operator.shows("neighbours_kind_moved")
    for act in ("ping", "secret", "old", "disable", "enable"):
        answer = await operator.submits("neighbour-act-form", act=act)
        assert answer.status == (200 if act == "secret" else 303), act
        if act == "secret":
            assert secret_on(operator) != secret
        await operator.opens(link)
    assert (await operator.submits("neighbour-act-form", act="enable")).status == 409
    await operator.opens(link)
    assert (await operator.submits("neighbour-act-form", act="dance")).status == 400
    actions = ("added", "tested", "secret_made", "secrets_dropped", "disabled", "enabled")
    assert [len(await told(desk, f"neighbour_{action}")) for action in actions] == [1] * 6
    assert secret not in str([await told(desk, f"neighbour_{action}") for action in actions])


async def test_a_private_address_is_refused_beside_its_field_and_what_was_typed_is_kept(desk: StaffDesk) -> None:
    operator = await desk.signed_in("oanh", Role.OPERATOR, ward=None)
    await operator.opens(HERE)
    for address in ("https://169.254.169.254/", "http://8.8.8.8/", "https://10.1.1.1/"):
        refused = await operator.submits("neighbour-form", name="Cổng", address=address)
        assert refused.status == 400
        assert operator.shows("neighbours_bad_address")
        assert f'value="{address}"' in operator.text
        assert 'value="Cổng"' in operator.text
    nameless = await operator.submits("neighbour-form", name=" ", address="https://8.8.8.8/")
    assert nameless.status == 400
    assert operator.shows("settings_needed")


async def test_what_was_told_is_seen_and_replayed(desk: StaffDesk) -> None:
    """A case is filed; the line stands there with its state, and can be had told again."""
    operator = await desk.signed_in("oanh", Role.OPERATOR, ward=None)
    await operator.opens(HERE)
    await operator.submits("neighbour-form", name="Cổng", address="https://8.8.8.8/hook")
    case = await desk.case("Đèn hỏng.")
    async with desk.database.begin() as uow:
        await uow.cases.record(CaseEvent(case_id=case.id, kind=EventKind.ANSWERED, at=desk.clock.now()))
        await uow.neighbours.collect(desk.clock.now(), 1000)
        await uow.commit()
    await operator.opens(HERE)
    [link] = re.findall(rf'href="({HERE}/\d+)"', operator.text)
    await operator.opens(link)
    assert operator.text.count('data-testid="delivery"') >= 2
    assert operator.shows("neighbours_state_waiting")
    assert case.code not in operator.text
    assert (await operator.submits("neighbour-replay-form", span="week")).status == 303
    await operator.opens(link)
    assert (await operator.submits("neighbour-replay-form", span="year")).status == 400
    assert operator.shows("neighbours_no_span")
    assert len(await told(desk, "neighbour_replayed")) == 1


async def test_a_key_is_made_shown_once_and_revoked(desk: StaffDesk) -> None:
    operator = await desk.signed_in("oanh", Role.OPERATOR, ward=None)
    await operator.opens(HERE)
    for rate in ("0", "6001", "nhiều", ""):
        assert (await operator.submits("key-form", key_name="Cổng", rate=rate)).status == 400
        assert operator.shows("neighbours_bad_rate")
    await operator.submits("key-form", key_name="Cổng", rate="30")
    assert secret_on(operator).startswith("ht_")
    await operator.opens(HERE)
    assert (await operator.submits("key-revoke-form")).status == 303
    await operator.opens(HERE)
    assert operator.shows("neighbours_revoked")
    assert len(await told(desk, "api_key_added")) == len(await told(desk, "api_key_revoked")) == 1
