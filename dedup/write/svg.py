"""A plot of an evaluation as SVG: no library, no script, readable in any browser and in print."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

WIDTH, HEIGHT = 640, 400
LEFT, TOP, RIGHT, BOTTOM = 60, 30, 20, 50
LINES = (("precision", "#1f5fbf", ""), ("recall", "#a4161a", "6 4"), ("F1", "#1b1d21", "2 3"))
"""Name, colour and dashes of each line: told apart without colour, too."""


def sweep_plot(sweep: Sequence[tuple[float, float, float, float]]) -> Iterator[str]:
    """Yield an SVG of precision, recall and F1 over the thresholds of `Evaluation.sweep`."""
    low, high = sweep[0][0], sweep[-1][0]
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'font-family="sans-serif" font-size="13">\n<title>Precision, recall and F1 by threshold</title>\n'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>\n'
    )
    for tick in range(6):
        y, x = _y(tick / 5), _x(tick / 5)
        yield f'<path d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}" stroke="#d3d7dd"/>\n'
        yield f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{tick / 5:.1f}</text>\n'
        threshold = low + (high - low) * tick / 5
        yield f'<text x="{x:.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{threshold:.2f}</text>\n'
    yield f'<text x="{(LEFT + WIDTH - RIGHT) / 2:.0f}" y="{HEIGHT - 10}" text-anchor="middle">threshold</text>\n'
    for number, (name, color, dashes) in enumerate(LINES, 1):
        points = " ".join(f"{_x((row[0] - low) / (high - low)):.1f},{_y(row[number]):.1f}" for row in sweep)
        stroke = f'stroke="{color}" stroke-width="2"' + (f' stroke-dasharray="{dashes}"' if dashes else "")
        at = LEFT + 130 * (number - 1)
        yield f'<polyline points="{points}" fill="none" {stroke}/>\n'
        yield f'<path d="M{at} 15h30" {stroke}/><text x="{at + 36}" y="19">{name}</text>\n'
    yield "</svg>\n"


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(value: float) -> float:
    return HEIGHT - BOTTOM - value * (HEIGHT - TOP - BOTTOM)
