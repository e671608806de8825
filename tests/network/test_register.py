"""The register: who is found by which words, and who held what when."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.db import db, write
from app.journal import Note
from app.network import register, service
from app.network.models import Alias, Kind, Member, Network, Standing
from app.network.service import Past, Term
from app.refused import Refused
from app.web.kept import KeepingFlask
from tests.network.registers import NOW, acting, add, change, details, lancaster, member, named, network


def found(app: KeepingFlask, words: str, of: str = "g-nets") -> list[str]:
    with app.app_context():
        return [each.name for each in register.search(network(of).id, words)]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("malmo", ["Malmö"]),
        ("MALMÖ", ["Malmö"]),
        ("sao", ["São Paulo"]),
        ("サンパウロ", ["São Paulo"]),
        ("tel aviv yafo", ["Tel Aviv"]),
        ("Tel-Aviv", ["Tel Aviv"]),
        ("york new", ["New York"]),
        ("NewYork", ["New York"]),
        ("%", []),
        ("_", []),
        ("' OR 1=1", []),
        ("\x00", []),
        ("atlantis", []),
    ],
)
def test_a_member_is_found_by_any_of_its_names(gnets: KeepingFlask, words: str, names: list[str]) -> None:
    assert found(gnets, words) == names


def test_no_words_find_all(gnets: KeepingFlask) -> None:
    assert len(found(gnets, "")) == len(found(gnets, "  ")) == 34


def test_a_member_of_another_network_is_not_found(both: KeepingFlask) -> None:
    assert (found(both, "colombo"), found(both, "colombo", of="citynet")) == ([], ["Colombo"])


def test_a_hundred_thousand_letters_are_a_search_like_any_other(gnets: KeepingFlask) -> None:
    assert found(gnets, "a@" * 50_000) == []


def test_a_renamed_member_is_found_by_its_new_name_alone(both: KeepingFlask) -> None:
    acting(both, lambda: change("busan", name="Haeundae", aliases=("부산",)))
    assert (found(both, "busan", "citynet"), found(both, "haeun", "citynet")) == ([], ["Haeundae"])


def test_an_alias_that_was_added_finds_its_member(both: KeepingFlask) -> None:
    acting(both, lambda: change("lyon", aliases=("Lyons", "リヨン")))
    assert found(both, "リヨン", "citynet") == ["Lyon"]


def chairs(app: KeepingFlask, day: date) -> list[str]:
    with app.app_context():
        return [each.name for each in register.offices_on(network().id, day).get("chair", [])]


def test_the_chair_was_yokohamas_and_is_seouls_since_november_2013(both: KeepingFlask) -> None:
    assert chairs(both, date(2013, 10, 31)) == ["Yokohama"]
    assert chairs(both, date(2013, 11, 5)) == ["Seoul", "Yokohama"]
    assert chairs(both, date(2013, 12, 1)) == ["Seoul"]


def test_a_post_of_some_days_is_held_on_those(both: KeepingFlask) -> None:
    with both.app_context():
        held = [register.held_on(member("seoul").offices, date(2013, 11, day)) for day in (2, 6, 7)]
    always = ["chair", "executive", "secretariat"]
    assert held == [always, ["chair", "executive", "host", "secretariat"], always]


def test_the_chair_passes_on_and_its_history_stays(both: KeepingFlask) -> None:
    with both.app_context():
        lyon = service.details_of(member("lyon"))
    acting(both, lambda: change("lyon", takes_over=True, offices=(*lyon.offices, Term("chair", "2017"))))
    assert (chairs(both, date(2016, 6, 1)), chairs(both, date(2018, 6, 1))) == (["Seoul"], ["Lyon"])
    with both.app_context():
        assert Term("chair", "2013-11", "2017", True) in service.details_of(member("seoul")).offices


def test_a_post_that_many_hold_ends_for_nobody_when_not_asked(both: KeepingFlask) -> None:
    acting(both, lambda: change("busan", offices=(Term("executive"),)))
    with both.app_context():
        holders = register.offices_on(network().id, date(2013, 11, 5))["executive"]
        assert [each.slug for each in holders] == [
            "bangkok",
            "busan",
            "colombo",
            "lyon",
            "seoul",
            "surabaya",
            "yokohama",
        ]


def test_a_standing_that_rises_keeps_what_it_was(both: KeepingFlask) -> None:
    acting(both, lambda: change("lyon", standing=Standing.ASSOCIATE, since="1990"))
    acting(both, lambda: change("lyon", standing=Standing.FULL, since="2005-07"))
    with both.app_context():
        lyon = member("lyon")
        stood = [register.standing_on(lyon, date(year, 8, 1)) for year in (1989, 2000, 2006)]
    assert stood == [Standing.FULL, Standing.ASSOCIATE, Standing.FULL]


def test_a_corrected_standing_leaves_no_history(both: KeepingFlask) -> None:
    acting(both, lambda: change("lyon", standing=Standing.OBSERVER))
    with both.app_context():
        assert service.details_of(member("lyon")).past == ()


def test_who_left_has_no_standing_after(both: KeepingFlask) -> None:
    acting(both, lambda: change("lyon", since="1990", until="2014-05"))
    with both.app_context():
        stood = [register.standing_on(member("lyon"), day) for day in (date(2014, 5, 31), date(2014, 6, 1))]
    assert stood == [Standing.FULL, None]


def test_counts_are_those_stated_and_those_named(both: KeepingFlask) -> None:
    with both.app_context():
        counts = register.counts(network())
        said = (counts.network.full_members, counts.network.associate_members, counts.named, counts.all_named)
    assert said == (85, 46, {Standing.FULL: 11}, 11)


def test_seoul_is_a_member_of_two_networks(both: KeepingFlask) -> None:
    every, one = select(Network.slug), select(Network.slug).where(Network.slug == "citynet")
    with both.app_context():
        assert [each.network.slug for each in register.elsewhere(member("seoul"), every)] == ["g-nets"]
        assert [each.network.slug for each in register.elsewhere(member("seoul"), one)] == []
        assert [each.network.slug for each in register.elsewhere(member("colombo"), every)] == []


def test_a_second_lancaster_is_asked_which(both: KeepingFlask) -> None:
    acting(both, lambda: add(lancaster(disambiguator="California")))
    england = details("Lancaster", "GB", "Europe/London")
    with pytest.raises(Refused) as no:
        acting(both, lambda: add(england))
    assert no.value.field == "disambiguator"
    made = acting(both, lambda: add(details("Lancaster", "GB", "Europe/London", disambiguator="England")))
    assert made.slug == "lancaster-england"


def test_the_same_place_twice_is_refused(both: KeepingFlask) -> None:
    acting(both, lambda: add(lancaster(disambiguator="California")))
    with pytest.raises(Refused) as no:
        acting(both, lambda: add(lancaster(disambiguator="california", note="once more")))
    assert no.value.field == "name"


def test_the_table_itself_holds_no_member_twice(both: KeepingFlask) -> None:
    def act() -> None:
        row = member("seoul")
        same = {name: getattr(row, name) for name in ("network_id", "name", "kind", "country", "zone")}
        db.session.add(Member(slug="seoul-again", **same))

    with both.app_context(), pytest.raises(IntegrityError):
        write(act)


def test_a_state_may_be_called_as_its_city_is_when_it_says_so(both: KeepingFlask) -> None:
    acting(both, lambda: add(details("New York", "US", "America/New_York")))
    state = details("New York", "US", "America/New_York", kind=Kind.STATE, disambiguator="the state")
    assert acting(both, lambda: add(state)).slug == "new-york-the-state"


def test_one_form_sent_twice_makes_one_member(both: KeepingFlask) -> None:
    first, second = (acting(both, lambda: add(lancaster(), key="a form")).id for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"zone": "JST"}, "zone"),
        ({"country": "XX"}, "country"),
        ({"name": "!!!"}, "name"),
        ({"latitude": 35.0}, "longitude"),
        ({"since": "2014", "until": "2013"}, "until"),
        ({"offices": (Term("chair", "2014", "2013"),)}, "offices"),
        ({"offices": (Term("chair", "2014"), Term("chair", "2014", "2015"))}, "offices"),
        ({"past": (Past(Standing.FULL, "2014", "2013"),)}, "past"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(both: KeepingFlask, fields: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as no:
        acting(both, lambda: add(lancaster(**fields)))
    assert no.value.field == field


def test_a_member_changed_meanwhile_is_not_overwritten(both: KeepingFlask) -> None:
    with both.app_context():
        seen = service.mark(service.details_of(member("seoul")))
        wanted = service.details_of(member("seoul"))
    acting(both, lambda: change("seoul", note="moved"))
    with pytest.raises(Refused) as no:
        acting(both, lambda: service.change(network(), "seoul", wanted, seen, who="Rome", now=NOW))
    assert no.value.field == "seen"


def test_nothing_different_writes_no_journal(both: KeepingFlask) -> None:
    assert acting(both, lambda: change("seoul")) is False
    with both.app_context():
        assert register.journal_of(network(), "seoul") == []


def test_the_journal_holds_what_changed_alone(both: KeepingFlask) -> None:
    acting(both, lambda: change("seoul", region="East Asia"))
    with both.app_context():
        (note,) = db.session.execute(select(Note).where(Note.subject == "member/citynet/seoul")).scalars()
    assert (note.what, note.before, note.after) == ("member changed", {"region": "Asia"}, {"region": "East Asia"})


def test_a_member_with_a_history_stays(both: KeepingFlask) -> None:
    with pytest.raises(Refused):
        acting(both, lambda: service.remove(network(), "seoul", who="Tokyo", now=NOW))
    with both.app_context():
        assert named("seoul") is not None


def test_a_member_without_one_goes_with_its_names(both: KeepingFlask) -> None:
    acting(both, lambda: add(lancaster(aliases=("Western Hotel",), offices=(Term("chair", "2020"),))))
    acting(both, lambda: service.remove(network(), "lancaster", who="Tokyo", now=NOW))
    with both.app_context():
        assert named("lancaster") is None
        assert db.session.execute(select(Alias).where(Alias.name == "Western Hotel")).scalars().all() == []


@pytest.mark.parametrize(("name", "slug"), [("São Paulo", "sao-paulo"), ("New", "new-2"), ("北京", "member")])
def test_a_slug_is_made_of_the_name(both: KeepingFlask, name: str, slug: str) -> None:
    assert acting(both, lambda: add(details(name, "BR", "America/Sao_Paulo"))).slug == slug
