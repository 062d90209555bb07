"""The event door: organizations and the count of their managers, as access-manager tells them."""

from registration.directory import service
from shared.events import Event
from shared.service import Work


def organization_changed(work: Work, event: Event) -> None:
    """Keep the newest name, contract state and count of managers."""
    organization = event.data["organization"]
    if not isinstance(organization, dict):
        raise ValueError("organization is not an object")
    service.organization_changed(
        work,
        str(organization["id"]),
        event.sequence,
        name=str(organization["name"]),
        contracted=bool(organization["contracted"]),
        managers=int(str(event.data["manager_count"])),
    )


def manager_changed(work: Work, event: Event) -> None:
    """Keep the newest count of managers; who they are is not our business."""
    service.managers_changed(work, str(event.data["organization_id"]), event.sequence, int(str(event.data["count"])))
