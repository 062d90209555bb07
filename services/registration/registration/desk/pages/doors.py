"""Every door of the workbench, hung on the app."""

from flask import Flask

from registration.desk.pages import another, case, queue, second


def mount(app: Flask) -> None:
    """Add the pages to the app."""
    for door in (queue, case, another, second):
        app.register_blueprint(door.blueprint)
