"""The application: every subject under one roof, guarded, with one form for errors."""

from fastapi import FastAPI

import lorewright
from lorewright.api import guard, problems, ranking, training
from lorewright.api.house import House
from lorewright.settings import Settings
from lorewright.store import Store, Workspace


def create_app(
    workspace: Workspace, store: Store, settings: Settings, *, token: str | None = None
) -> FastAPI:
    """The HTTP interface of a workspace.

    It orders, looks and steers; it works on nothing itself, so that it can be stopped at any
    moment. Workers do what was ordered.

    Args:
        workspace: whose it is.
        store: its open store, which stays open as long as the application is used.
        settings: of the operator.
        token: what callers must show; None asks for nothing.
    """
    app = FastAPI(
        title="Lorewright",
        version=lorewright.__version__,
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        openapi_url="/openapi.json",
    )
    problems.install(app)
    guard.guard(app, token=token, hosts=settings.api.hosts)
    app.state.house = House(workspace, store, settings)
    app.include_router(training.routes)
    app.include_router(ranking.routes)

    @app.get("/health")
    def health() -> dict[str, str]:
        """Whether it answers, and which version it is."""
        return {"status": "ok", "version": lorewright.__version__}

    return app
