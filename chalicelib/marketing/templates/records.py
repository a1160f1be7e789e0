"""The items of templates, of the brand kit and of mails' images, and their keys."""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.foundation.table import InstantAttribute, Key, Record, partition


class TemplateRecord(Record, discriminator="template"):
    """``W#w#TPL#t`` / ``TEMPLATE``: what lists show of a template; ``gsi1`` lists the workspace's by age. What it says is its
    version's. One that was deleted is in no list and expires, and so do its versions.
    """

    name = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    language = UnicodeAttribute()
    body_format = UnicodeAttribute()
    languages = JSONAttribute()
    size = NumberAttribute()
    deleted_at = InstantAttribute(null=True)

    @property
    def template_id(self) -> str:
        """The template's id, which stands in its key."""
        return self.pk.rpartition("#")[2]


class TemplateVersionRecord(Record, discriminator="template_version"):
    """``W#w#TPL#t`` / ``V#00000012``: what a template said at a version; ``packed`` is that as JSON, deflated, in base64."""

    name = UnicodeAttribute()
    subject = UnicodeAttribute(null=True)
    body_format = UnicodeAttribute()
    size = NumberAttribute()
    packed = UnicodeAttribute()

    @property
    def number(self) -> int:
        """The version, which stands in its key."""
        return int(self.sk.rpartition("#")[2])


class BrandRecord(Record, discriminator="brand"):
    """``W#w`` / ``BRAND``: how the workspace's mails look."""

    kit = JSONAttribute()


def template_partition(workspace_id: str, template_id: str) -> str:
    """A template and its versions."""
    return partition(workspace_id, "TPL", template_id)


def template_key(workspace_id: str, template_id: str) -> Key:
    """Where a template stands."""
    return Key(template_partition(workspace_id, template_id), "TEMPLATE")


def version_key(workspace_id: str, template_id: str, number: int) -> Key:
    """Where one of its versions stands."""
    return Key(template_partition(workspace_id, template_id), f"V#{number:08}")


def templates_partition(workspace_id: str) -> str:
    """The list of templates (``gsi1``), sorted by id, which is by age."""
    return partition(workspace_id, "TEMPLATES")


def brand_key(workspace_id: str) -> Key:
    """Where the brand kit stands."""
    return Key(partition(workspace_id), "BRAND")
