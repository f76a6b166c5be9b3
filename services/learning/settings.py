"""Settings of learning."""

from typing import Annotated

from msgspec import Meta

from shared.settings import Secret, ServiceSettings, SettingsError


class LearningSettings(ServiceSettings, frozen=True, kw_only=True):
    storage_url: Annotated[
        Secret,
        Meta(
            description="Where files are kept: `file:///srv/files`, or"
            " `s3://key:secret@bucket/prefix?endpoint=https://s3.example&region=eu-1` (`&public=`:"
            " its address for clients, if that is another), `gs://…`, `az://…`; unset: the"
            " folder `files` under the data directory"
        ),
    ] = Secret("")
    public_folders: Annotated[
        tuple[str, ...],
        Meta(description="Folders of uploads that everybody may read; others are for admins"),
    ] = ("public", "images", "courses", "tests", "videos")

    def __post_init__(self) -> None:
        super().__post_init__()
        if "materials" in self.public_folders:
            raise SettingsError(
                "AULA_PUBLIC_FOLDERS names materials: those are for the people they are assigned"
                " to. Take it out."
            )
