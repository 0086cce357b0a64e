from hypothesis import given
from hypothesis import strategies as st

from relief.person_match import LIKELY, Entry, match, matches

ZHANG = Entry("a", "140322100", "missing", "应急", "样例张伟", "male", 45)


def entry(**known: object) -> Entry:
    return Entry("b", **{"admin_area": "140322100", "status": "dead", "source": "公安"} | known)


def test_the_same_id_number_is_the_same_person_whatever_the_name() -> None:
    one = Entry("a", "140322100", "missing", "应急", "张三", id_number="X1")
    assert match(one, entry(name="李四", id_number="X1")).score == 1


def test_a_misheard_name_of_the_same_age_and_place_is_likely() -> None:
    pair = match(ZHANG, entry(name="样例章伟", age=46, sex="male"))
    assert pair.score >= LIKELY
    assert pair.grounds == ("name", "age", "place", "sex")


def test_two_stated_id_numbers_that_differ_speak_against_it() -> None:
    one = Entry("a", "140322100", "missing", "应急", "张伟", "male", 45, "X1")
    assert match(one, entry(name="张伟", age=45, sex="male", id_number="X2")).score < LIKELY


def test_neighbours_without_a_name_in_common_are_not_likely() -> None:
    assert match(ZHANG, entry(name="王芳", age=47, sex="male")).score < LIKELY
    assert match(ZHANG, entry(name="王芳", age=30, sex="female")).score < LIKELY


def test_entries_of_whom_nothing_is_known_match_nothing() -> None:
    assert matches([entry(), Entry("c", "140322100", "dead", "公安")]) == []


entries = st.builds(
    Entry,
    st.text("abc", min_size=1, max_size=3),
    st.sampled_from(["140322", "140322100", "140321101"]),
    st.just("dead"),
    st.just("s"),
    st.none() | st.sampled_from(["张伟", "章伟", "王芳"]),
    st.none() | st.sampled_from(["female", "male"]),
    st.none() | st.integers(0, 100),
    st.none() | st.sampled_from(["X1", "X2"]),
)


@given(entries, entries)
def test_a_score_is_a_share_and_the_same_from_both_sides(one: Entry, other: Entry) -> None:
    assert match(one, other) == match(other, one)
    assert 0 <= match(one, other).score <= 1
