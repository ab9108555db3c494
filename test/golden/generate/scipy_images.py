"""Images turned, zoomed and moved by SciPy's map_coordinates: test/golden/images.json."""
from golden import rounded, write  # first: it settles NumPy's threads

import numpy as np
import scipy
from scipy import ndimage

rng = np.random.default_rng(2026)


def moved(points, by):
    """The matrix of a map of homogeneous (row, column, 1)."""
    return np.array([[1, 0, by[0]], [0, 1, by[1]], [0, 0, 1.0]]) @ points


def case(shape, rotation, zoom, shift, mode):
    H, W, C = shape
    x = np.array(rounded(rng.standard_normal(shape), 6))
    t = 2 * np.pi * rotation
    # Rows point down: (row, column) turns anticlockwise for the eye by this.
    turn = np.array([[np.cos(t), -np.sin(t), 0], [np.sin(t), np.cos(t), 0], [0, 0, 1]])
    smaller = np.diag([1 / (1 + zoom[0]), 1 / (1 + zoom[1]), 1])
    centre = ((H - 1) / 2, (W - 1) / 2)
    there = moved(moved(turn @ smaller @ moved(np.eye(3), (-centre[0], -centre[1])), centre), (shift[0] * H, shift[1] * W))
    rows, columns = np.meshgrid(np.arange(H), np.arange(W), indexing="ij")
    back = np.linalg.inv(there) @ np.stack([rows.ravel(), columns.ravel(), np.ones(H * W)])
    scipy_mode = {"constant": "grid-constant", "nearest": "nearest"}[mode]
    y = np.stack([ndimage.map_coordinates(x[..., c], back[:2], order=1, mode=scipy_mode, cval=0).reshape(H, W) for c in range(C)], -1)
    return dict(shape=shape, rotation=rotation, zoom=zoom, shift=shift, fillMode=mode, x=rounded(x.ravel(), 6), y=rounded(y.ravel()))


cases = [
    case(shape, rotation, zoom, shift, mode)
    for shape in ((9, 9, 1), (6, 11, 1), (7, 5, 3))
    for mode in ("constant", "nearest")
    for rotation, zoom, shift in (
        (0, (0, 0), (0.2, -0.13)),
        (0.11, (0, 0), (0, 0)),
        (-0.61, (0, 0), (0, 0)),
        (0, (0.3, -0.4), (0, 0)),
        (0.3, (-0.2, 0.5), (-0.1, 0.05)),
    )
]
write("images.json", dict(scipy=scipy.__version__, numpy=np.__version__, cases=cases), 2)
