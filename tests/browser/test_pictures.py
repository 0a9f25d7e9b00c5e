"""Every page, wide and narrow, light and dark: looks as it did, has no barrier, and does not scroll sideways.

`make pictures` draws what has changed afresh; the new pictures are committed, by themselves, by whoever meant the change.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser
from playwright.sync_api import TimeoutError as Timeout

from infra.package import BUILD
from tests.browser import picture
from tests.browser.pages import SIGHTS, Sight, routes
from tests.browser.shop.story import Shop, opened
from tests.browser.shop.visits import window

BASELINES = Path(__file__).parent / "pictures"
CHROMIUM = BASELINES / "CHROMIUM"
DIFFERENT = BUILD / "pictures"
MOST_BYTES = 4 * 1024 * 1024
COLOURS = ("color-contrast", "link-in-text-block")
"""The rules that look at colours: in the dark the page is the same but for them, and all rules have seen it in the light."""
WAYS = [(1440, "light"), (1440, "dark"), (390, "light"), (390, "dark")]
DRAWING = os.environ.get("PARLEY_PICTURES") == "draw"


def is_drawn(sight: Sight, width: int, scheme: str) -> bool:
    """Pages in all four ways; what opens on them in two, to keep the repository small."""
    return sight.is_page or (width, scheme) in {(1440, "light"), (390, "dark")}


@dataclass
class Walk:
    """What a walk through all pages has found, by the name of the sight."""

    width: int
    scheme: str
    pictures: dict[str, Image.Image] = field(default_factory=dict)
    barriers: dict[str, list[str]] = field(default_factory=dict)
    too_wide: dict[str, int] = field(default_factory=dict)
    complaints: dict[str, list[str]] = field(default_factory=dict)
    never_there: dict[str, str] = field(default_factory=dict)

    def file(self, name: str) -> Path:
        return BASELINES / f"{name}-{self.width}-{self.scheme}.webp"


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    with opened() as found:
        yield found


@pytest.fixture(scope="module", params=WAYS, ids=lambda way: f"{way[0]}-{way[1]}")
def walk(request: pytest.FixtureRequest, browser: Browser, shop: Shop) -> Walk:
    """One window, all pages."""
    found = Walk(*request.param)
    with window(browser, shop, width=found.width, scheme=found.scheme) as here:
        for sight in SIGHTS:
            if sight.fails and not is_drawn(sight, found.width, found.scheme):
                continue  # each waits seconds for the page to give up
            try:
                here.show(sight)
            except (AssertionError, Timeout) as why:
                found.never_there[sight.name] = str(why).strip().splitlines()[0]
                here.who = None
                continue
            if is_drawn(sight, found.width, found.scheme):
                found.pictures[sight.name] = picture.read(here.page.screenshot(full_page=True, animations="disabled"))
            if barriers := here.visitor.violations(*(COLOURS if found.scheme == "dark" else ())):
                found.barriers[sight.name] = barriers
            if here.visitor.complaints and not sight.fails:
                found.complaints[sight.name] = list(here.visitor.complaints)
            here.visitor.complaints.clear()
            wide = here.page.evaluate("document.documentElement.scrollWidth")
            if wide > found.width:
                found.too_wide[sight.name] = wide
    return found


def test_no_page_of_the_router_is_forgotten() -> None:
    shown = {sight.shows for sight in SIGHTS}
    assert [route for route in routes() if route not in shown] == []


def test_every_page_opens(walk: Walk) -> None:
    assert walk.never_there == {}
    assert walk.complaints == {}


def test_every_page_looks_as_it_did(walk: Walk, browser: Browser) -> None:
    _is_drawn_by(browser.version)
    found = {}
    for name, now in walk.pictures.items():
        file = walk.file(name)
        different = (
            picture.difference(picture.read(file), now) if file.exists() else picture.Difference("it is new", now)
        )
        if different and DRAWING:
            picture.keep(now, file)
        elif different:
            found[name] = different.why
            DIFFERENT.mkdir(parents=True, exist_ok=True)
            now.save(DIFFERENT / f"{file.stem}.now.png")
            different.marked.save(DIFFERENT / f"{file.stem}.marked.png")
    assert found == {}, (
        f"see {DIFFERENT}: .now is the page, .marked shows where; is it meant, `make pictures` and commit"
    )


def test_no_page_has_a_barrier(walk: Walk) -> None:
    assert walk.barriers == {}


def test_no_page_scrolls_sideways(walk: Walk) -> None:
    assert walk.too_wide == {}


def test_the_pictures_are_those_of_the_pages_and_small() -> None:
    wanted = {
        f"{sight.name}-{width}-{scheme}" for sight in SIGHTS for width, scheme in WAYS if is_drawn(sight, width, scheme)
    }
    kept = {file.stem: file for file in BASELINES.glob("*.webp")}
    for name in kept.keys() - wanted if DRAWING else ():
        kept[name].unlink()
    assert (wanted if DRAWING else kept.keys()) == wanted
    assert sum(file.stat().st_size for file in BASELINES.glob("*.webp")) <= MOST_BYTES


def _is_drawn_by(version: str) -> None:
    """Another Chromium draws letters in another way: that is no change of ours, and it is not passed over either."""
    mine = version.split(".", maxsplit=1)[0]
    if DRAWING:
        BASELINES.mkdir(exist_ok=True)
        CHROMIUM.write_text(f"{mine}\n")
    drawn = CHROMIUM.read_text().strip()
    assert mine == drawn, (
        f"The pictures were drawn by Chromium {drawn}, this is {mine}. Name one of that version with PARLEY_CHROMIUM; or, on a "
        "tree without changes of the portal, run `make pictures`, look at what differs, and commit it as a change of browser."
    )


# --- the eye itself ---


@pytest.fixture
def page_of_old() -> Image.Image:
    """A page with a title, a table and a button."""
    page = Image.new("RGB", (640, 400), (255, 255, 255))
    draw = ImageDraw.Draw(page)
    for row in range(8):
        draw.line((20, 80 + row * 30, 620, 80 + row * 30), fill=(222, 226, 230))
        draw.text((30, 60 + row * 30), f"Customer {row} wrote 3 minutes ago", fill=(33, 37, 41))
    draw.rounded_rectangle((520, 10, 620, 44), 8, fill=(11, 122, 91))
    draw.text((540, 20), "Create", fill=(255, 255, 255))
    return page


def test_the_eye_sees_a_button_that_is_gone(page_of_old: Image.Image) -> None:
    now = page_of_old.copy()
    ImageDraw.Draw(now).rectangle((515, 5, 625, 50), fill=(255, 255, 255))
    found = picture.difference(page_of_old, now)
    assert found is not None
    assert found.why == "it differs between 512,0 and 624,48"


def test_the_eye_sees_another_colour_a_moved_line_and_a_changed_word(page_of_old: Image.Image) -> None:
    colour, moved, word = page_of_old.copy(), page_of_old.copy(), page_of_old.copy()
    ImageDraw.Draw(colour).rounded_rectangle((520, 10, 620, 44), 8, fill=(11, 90, 122))
    moved.paste(page_of_old.crop((0, 60, 640, 120)), (0, 62))
    ImageDraw.Draw(word).rectangle((30, 60, 100, 74), fill=(255, 255, 255))
    ImageDraw.Draw(word).text((30, 60), "Contact 0", fill=(33, 37, 41))
    assert all(picture.difference(page_of_old, now) for now in (colour, moved, word))


def test_the_eye_sees_a_page_that_has_grown(page_of_old: Image.Image) -> None:
    found = picture.difference(page_of_old, page_of_old.resize((640, 410)))
    assert found is not None
    assert found.why == "it is 640 by 410 and was 640 by 400"


def test_the_eye_does_not_mind_how_edges_are_smoothed(page_of_old: Image.Image) -> None:
    noisy = page_of_old.point(lambda value: max(0, value - 8))
    noisy.putpixel((33, 66), (120, 120, 120))
    assert picture.difference(page_of_old, noisy) is None


def test_a_kept_picture_is_the_same_in_fewer_colours(page_of_old: Image.Image, tmp_path: Path) -> None:
    picture.keep(page_of_old, tmp_path / "page.webp")
    assert picture.difference(picture.read(tmp_path / "page.webp"), page_of_old) is None
    assert (tmp_path / "page.webp").stat().st_size < 8_000
