using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Tenants;

internal static class OrganizationErrors
{
    public static readonly ErrorCode NameTaken = new(
        "organization.name_taken",
        409,
        "The name is in use.",
        "Another organization of the installation has that name.",
        "Choose another name."
    );

    public static readonly ErrorCode Limit = new(
        "organization.limit",
        400,
        "The installation has the maximum number of organizations.",
        "An installation has at most 1,000 organizations that are not archived.",
        "Archive one that is no longer used: `culvert organization archive`."
    );

    public static readonly ErrorCode InUse = new(
        "organization.in_use",
        409,
        "The organization has tunnels or federation rules.",
        "Archiving an organization revokes all its credentials; its tunnels and rules would keep working without an administrator.",
        "Archive its tunnels and its federation rules first."
    );

    public static readonly ErrorCode Own = new(
        "organization.own",
        409,
        "Your own organization cannot be archived.",
        "An organization cannot be archived with its own key, which would be revoked.",
        "Use an installation-operator key of another organization."
    );

    public static readonly ErrorCode Archived = new(
        "organization.archived",
        409,
        "The organization is archived.",
        "No credential of an archived organization works.",
        "Name another organization."
    );
}
