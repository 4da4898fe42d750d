"""The pages, one blueprint an area; a view reads the request, calls one thing, renders."""

from flask import Blueprint

from web.pages import (
    account,
    batches,
    board,
    choices,
    customers,
    energy,
    evaluation,
    field,
    findings,
    first,
    front,
    handoff,
    health,
    imports,
    jobs,
    maps,
    mutations,
    own,
    reading,
    reports,
    routes,
    search,
    signin,
    start,
    survey,
    users,
    wizard,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    front.bp, health.bp, signin.bp, start.bp, choices.bp, account.bp, users.bp, board.bp,
    mutations.bp, imports.bp, batches.bp, evaluation.bp, findings.bp, customers.bp, survey.bp, routes.bp,
    handoff.bp, reading.bp, own.bp, energy.bp,
    maps.bp, field.bp, reports.bp, jobs.bp, search.bp, wizard.bp, first.bp,
)  # fmt: skip
