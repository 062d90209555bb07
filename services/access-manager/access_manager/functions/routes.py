"""The API door of the catalogue."""

from flask_smorest import Blueprint

from access_manager.functions.catalogue import FUNCTIONS, PROFILES
from access_manager.functions.schemas import CatalogueOut
from shared.auth import requires

blueprint = Blueprint("functions", __name__, url_prefix="/api/access/v1", description="What portals can do.")


@blueprint.route("/functions")
@requires("access.read")
@blueprint.response(200, CatalogueOut)
def functions() -> dict[str, object]:
    """List every function with its plain sentence, and the access profiles."""
    return {"functions": FUNCTIONS, "profiles": PROFILES}
