"""Solvers that others use for such walks, each from a matrix to an order of its rows.

`pip install -e .[bench-routes]` brings those with a free licence (fast-tsp and PyVRP MIT,
OR-Tools Apache-2.0, k-means-constrained BSD, pymetis MIT over METIS, Apache-2.0). LKH (elkai) is free for
research alone, so no list of this project names it: whoever may use it installs it by hand.
An open path is a round tour through a dummy row that costs nothing to reach.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec

import networkx as nx
import numpy as np

Solver = Callable[[np.ndarray], list[int]]
#: fast-tsp refuses distances above this.
FAST_TSP_MOST = 65_535
#: Wall seconds that a second of processor took last: who stops by the clock gets his seconds of
#: processor on a machine that others use as well.
_wall = [1.0]


def _clocked(call: Callable[[float], list[int]], seconds: float) -> list[int]:
    """Call with so many wall seconds that about ``seconds`` of processor are spent."""
    wall, cpu = time.perf_counter(), time.process_time()
    found = call(seconds * _wall[0])
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    _wall[0] = min(max(wall / max(cpu, 1e-3), 1.0), 8.0)
    return found


def fast_tsp(matrix: np.ndarray, seconds: float = 0.2) -> list[int]:
    """Return the tour of fast-tsp (MIT), which stops by the clock."""
    import fast_tsp as library

    scaled = np.rint(matrix * (FAST_TSP_MOST / max(matrix.max(), 1))).astype(np.int64)
    return _clocked(lambda s: list(library.find_tour(scaled, duration_seconds=s)), seconds)


def lkh(matrix: np.ndarray) -> list[int]:
    """Return the tour of LKH by elkai with its own number of runs (research only)."""
    import elkai

    scaled = np.rint(matrix * (1_000_000 / max(matrix.max(), 1))).astype(int)
    return list(elkai.DistanceMatrix(scaled.tolist()).solve_tsp()[:-1])


def or_tools(matrix: np.ndarray) -> list[int]:
    """Return the tour of OR-Tools (Apache-2.0): cheapest arc, guided local search for a second."""
    from ortools.constraint_solver import pywrapcp, routing_enums_pb2

    scaled = np.rint(matrix * (1_000_000 / max(matrix.max(), 1))).astype(int).tolist()
    manager = pywrapcp.RoutingIndexManager(len(matrix), 1, 0)
    model = pywrapcp.RoutingModel(manager)
    model.SetArcCostEvaluatorOfAllVehicles(model.RegisterTransitMatrix(scaled))
    asked = pywrapcp.DefaultRoutingSearchParameters()
    asked.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PATH_CHEAPEST_ARC
    asked.local_search_metaheuristic = (
        routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    )

    def walked(seconds: float) -> list[int]:
        asked.time_limit.FromMilliseconds(int(seconds * 1000))
        found = model.SolveWithParameters(asked)
        tour, here = [], model.Start(0)
        while not model.IsEnd(here):
            tour.append(manager.IndexToNode(here))
            here = found.Value(model.NextVar(here))
        return tour

    return _clocked(walked, 1.0)


def pyvrp(matrix: np.ndarray) -> list[int]:
    """Return the tour of PyVRP (MIT), one vehicle, for a second."""
    import pyvrp as library
    from pyvrp.stop import MaxRuntime

    scaled = np.rint(matrix * (1_000_000 / max(matrix.max(), 1))).astype(np.int64)
    n = len(matrix)
    data = library.ProblemData(
        locations=[library.Location(0, 0) for _ in range(n)],
        clients=[library.Client(k) for k in range(1, n)],
        depots=[library.Depot(0)],
        vehicle_types=[library.VehicleType(1)],
        distance_matrices=[scaled],
        duration_matrices=[np.zeros_like(scaled)],
    )

    def walked(seconds: float) -> list[int]:
        best = library.solve(data, stop=MaxRuntime(seconds), seed=1, display=False).best
        return [0, *(visit.idx + 1 for visit in best.routes()[0] if visit.is_client())]

    return _clocked(walked, 1.0)


def greedy(matrix: np.ndarray) -> list[int]:
    """Return the greedy walk of networkx: always on to the nearest house."""
    graph = nx.from_numpy_array(matrix + 1e-9)
    return list(nx.approximation.greedy_tsp(graph, source=0)[:-1])


#: name -> (package, solver, largest share of the RBM it runs on unless FULL=1 is said).
PEERS: dict[str, tuple[str, Solver, float]] = {
    "fast-tsp 0.2 s": ("fast_tsp", fast_tsp, 0.5),
    "LKH": ("elkai", lkh, 0.05),
    "OR-Tools 1 s": ("ortools", or_tools, 0.05),
    "PyVRP 1 s": ("pyvrp", pyvrp, 0.05),
    "networkx greedy": ("networkx", greedy, 0.1),
}


def installed(name: str) -> bool:
    """Say whether a peer is there; None of them is needed by the product."""
    return find_spec(PEERS[name][0]) is not None


def ordered(solver: Solver, matrix: np.ndarray, *, closed: bool) -> np.ndarray:
    """Return a peer's order of the rows, open paths through a dummy row behind the last."""
    if closed:
        return np.asarray(solver(matrix))
    n = len(matrix)
    with_dummy = np.zeros((n + 1, n + 1))
    with_dummy[:n, :n] = matrix
    tour = np.asarray(solver(with_dummy))
    return np.roll(tour, -int(np.flatnonzero(tour == n)[0]))[1:]
