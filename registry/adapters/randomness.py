"""Randomness of the operating system: for keys, page ids, status indexes and register numbers of a real register."""

import random

SystemRandomness = random.SystemRandom
