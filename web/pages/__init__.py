"""The pages, one blueprint an area; a view reads the request, calls one thing, renders."""

from flask import Blueprint

from web.pages import (
    account,
    answering,
    batches,
    board,
    choices,
    customers,
    energy,
    evaluation,
    event_map,
    events,
    field,
    findings,
    first,
    front,
    handoff,
    health,
    imports,
    jobs,
    letters,
    looks,
    maps,
    mutations,
    own,
    reading,
    reports,
    routes,
    schedule,
    search,
    signin,
    start,
    survey,
    telusur,
    unit_map,
    users,
    wizard,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    front.bp, health.bp, signin.bp, start.bp, choices.bp, account.bp, users.bp, board.bp,
    mutations.bp, imports.bp, batches.bp, evaluation.bp, findings.bp, events.bp, event_map.bp, customers.bp, survey.bp, telusur.bp, routes.bp,
    handoff.bp, reading.bp, own.bp, energy.bp,
    maps.bp, unit_map.bp, field.bp, reports.bp, jobs.bp, search.bp, wizard.bp, first.bp,
    schedule.bp, letters.bp, answering.bp, looks.bp,
)  # fmt: skip
