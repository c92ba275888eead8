"""The tree of errors: what the docstring draws is what there is."""

import re

from innoqa import errors
from innoqa.errors import InnoqaError


def classes() -> dict[str, type]:
    return {
        name: value
        for name, value in vars(errors).items()
        if isinstance(value, type) and value.__module__ == errors.__name__
    }


def test_every_error_is_drawn_in_the_tree_and_every_name_in_the_tree_is_an_error() -> None:
    drawn = re.findall(r"^    (?:[├└]── )?(\w+)", errors.__doc__ or "", re.MULTILINE)
    assert sorted(drawn) == sorted(classes())


def test_every_error_descends_from_the_root_and_from_no_other_exception() -> None:
    for name, error in classes().items():
        assert issubclass(error, InnoqaError), name
        assert error.__mro__[-4:] == (InnoqaError, Exception, BaseException, object), name


def test_every_error_says_in_a_docstring_when_it_is_raised() -> None:
    for name, error in classes().items():
        assert error.__doc__, name
