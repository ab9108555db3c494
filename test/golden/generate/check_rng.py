#!/usr/bin/python3
"""Checks rng.py against src/random.ts, bit for bit: some thousand numbers under several keys."""
import json
import subprocess

import numpy as np

import rng
from golden import ROOT

N = 20001  # odd: the last block is cut
SEEDS = [0, 1, 7, 9, 2**32 - 1, 2**32, 2**53 - 1, 123456789012345]

PROGRAM = """
const { deriveKey, fillNormal, fillUniform } = await import("./src/random.ts");
const bits = (fill, key) => { const y = new Float32Array(%d); fill(y, y.length, key); return [...new Int32Array(y.buffer)]; };
const result = %s.map((seed) => {
  const key = deriveKey(seed, 1, 2);
  return { key, uniform: bits(fillUniform, key), normal: bits(fillNormal, key) };
});
console.log(JSON.stringify(result));
""" % (N, json.dumps(SEEDS))

output = subprocess.run(["node", "--import", "tsx", "--input-type=module", "-e", PROGRAM], cwd=ROOT, check=True, capture_output=True, text=True).stdout
for seed, theirs in zip(SEEDS, json.loads(output)):
    key = rng.derive_key(seed, 1, 2)
    assert [k & 0xFFFFFFFF for k in theirs["key"]] == list(key), f"key of seed {seed}"
    for name, fill in (("uniform", rng.fill_uniform), ("normal", rng.fill_normal)):
        ours = fill(N, key)
        assert ours.dtype == np.float32
        differing = np.flatnonzero(ours.view(np.int32) != np.array(theirs[name], np.int32))
        assert len(differing) == 0, f"{name} of seed {seed}: {len(differing)} of {N} differ, first at {differing[0]}"
print(f"{len(SEEDS)} seeds x {N} uniform and normal numbers: the same bits")
