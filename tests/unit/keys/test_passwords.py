"""What a password must be (ASVS 5.0, 6.2), and how long guessing waits (6.3.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rbmgeo.errors import UsageError
from rbmgeo.keys import passwords, tries
from rbmgeo.keys.common_passwords import PUBLISHED, common_passwords, is_common

GOOD = (
    "sandi-uji-panjang",
    "empat kuda lari pagi",
    "gYx7-qqp2-Lmb9",
    "\u4f60\u597d\u4e16\u754c\u4f60\u5728\u54ea\u91cc\u554a\u5440\u554a\u5440",
)


def refused(password: str, **more: object) -> str:
    with pytest.raises(UsageError) as fault:
        passwords.check_password(password, **more)
    assert fault.value.indonesian != str(fault.value)
    return str(fault.value)


def test_6_2_1_short_ones_are_refused_and_administrators_need_more():
    assert passwords.SHORTEST >= 8
    assert "10 or more" in refused("pendek-ya")
    assert "12 or more" in refused("kuda-pagi-1", admin=True)
    passwords.check_password("kuda-pagi-1")


def test_6_2_4_the_list_is_long_enough_at_both_lengths():
    for least in (passwords.SHORTEST, passwords.SHORTEST_OF_ADMIN):
        assert sum(len(p) >= least for p in common_passwords()) >= 3000


COMMON = ("qwertyuiop", "Indonesia2024", "P@ssw0rd2024", "1234567890", "17081945170845", "abababababab", "bismillah123",
          "RBMGEO-2026-", "Surabaya_1234", "rahasiarahasia", PUBLISHED, "1qaz2wsx3edc", "pelanggan!!", "0987654321")  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_6_2_4_what_everybody_thinks_of_first_is_refused(password):
    assert is_common(password)
    assert "tried first" in refused(password)


@pytest.mark.parametrize("password", GOOD)
def test_6_2_5_any_signs_will_do(password):
    passwords.check_password(password, admin=True)


def test_6_2_9_long_ones_are_taken_and_whole_books_are_not():
    passwords.check_password("ayo naik kereta " * 4 + "ke barat")
    assert passwords.LONGEST >= 64
    assert "shorter" in refused("x y" * 200)


OWN = ("siti.aminah", "Siti Aminah", "51354", "ULP Pandaan")


@pytest.mark.parametrize(
    "password", ["siti.aminah1", "Siti Aminah 88", "aminah-51354", "51354-51354!", "pandaan20261"]
)
def test_6_2_11_own_names_and_the_unit_are_refused(password):
    with pytest.raises(UsageError):
        passwords.check_password(password, own=OWN)


def test_6_2_11_a_name_within_other_words_is_no_fault():
    passwords.check_password("kereta aminah ke barat", own=OWN)


@given(
    st.text("abcdefghjkmnpqrstuvwxyz", min_size=3, max_size=12),
    st.text("0123456789!-_", max_size=12),
)
def test_a_name_with_figures_is_never_a_password(name, end):
    with pytest.raises(UsageError):
        passwords.check_password(name + end, own=[name])


def test_6_4_1_first_passwords_are_drawn_by_chance_and_follow_the_rules():
    drawn = {passwords.first_password() for _ in range(200)}
    assert len(drawn) == 200
    for one in drawn:
        passwords.check_password(one, own=OWN, admin=True)


def test_the_wait_grows_and_has_an_end():
    waits = [tries.login_wait_s(n, 0) for n in range(tries.LOGIN_TRIES + 12)]
    assert waits[: tries.LOGIN_TRIES] == [0] * tries.LOGIN_TRIES
    assert waits[tries.LOGIN_TRIES : tries.LOGIN_TRIES + 4] == [60, 120, 240, 480]
    assert waits[-1] == tries.LONGEST_WAIT_S == 900
    assert tries.login_wait_s(10**9, 901) == 0
    # 100 in a row is the most that NIST SP 800-63B lets a guesser have: a day gives about that.
    assert tries.LOGIN_TRIES + 24 * 3600 / tries.LONGEST_WAIT_S < 110


@given(st.integers(0, 10**6), st.floats(0, 10**7))
def test_nobody_waits_longer_than_the_longest_and_more_wrong_is_never_less(wrong, since):
    wait = tries.login_wait_s(wrong, since)
    assert 0 <= wait <= tries.LONGEST_WAIT_S
    assert tries.login_wait_s(wrong + 1, since) >= wait
    assert tries.minutes(wait) >= 1
