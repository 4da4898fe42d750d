"""The pages, one blueprint an area; a view reads the request, calls one thing, renders."""

from flask import Blueprint

from web.pages import (
    account,
    board,
    choices,
    customers,
    energy,
    evaluation,
    field,
    findings,
    first,
    front,
    health,
    imports,
    jobs,
    maps,
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
    imports.bp, evaluation.bp, findings.bp, customers.bp, survey.bp, routes.bp, energy.bp,
    maps.bp, field.bp, reports.bp, jobs.bp, search.bp, wizard.bp, first.bp,
)  # fmt: skip
