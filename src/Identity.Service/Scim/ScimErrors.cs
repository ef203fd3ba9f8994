using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Scim;

internal static class ScimErrors
{
    public static readonly ErrorCode Unique = new(
        "scim.unique",
        409,
        "Another user of the directory has this userName or this subject.",
        "userName is compared without regard to case; the subject is externalId or userName, as the settings of the directory say.",
        "Find the user with filter=userName eq \"…\" and update it."
    )
    {
        ScimType = "uniqueness",
    };

    public static readonly ErrorCode Filter = new(
        "scim.filter",
        400,
        "The filter is malformed or not supported.",
        "It is over 1024 characters, nested more than 8 deep, has over 32 terms, or names an attribute that is not kept.",
        "Correct the filter; docs/scim.md lists the attributes and operators."
    )
    {
        ScimType = "invalidFilter",
    };

    public static readonly ErrorCode TooMany = new(
        "scim.too_many",
        400,
        "The filter would read too many resources.",
        "The directory has over 5000 resources of the kind, and the filter does not name one by id, userName, externalId or displayName.",
        "Add one of these attributes with eq and and, or page without a filter."
    )
    {
        ScimType = "tooMany",
    };

    public static readonly ErrorCode Path = new(
        "scim.path",
        400,
        "The path of an operation is malformed or names no attribute.",
        "The attribute is not in the schema, or a value filter is on an attribute with one value.",
        "Correct the attribute mapping of the directory; /Schemas lists the attributes."
    )
    {
        ScimType = "invalidPath",
    };

    public static readonly ErrorCode NoTarget = new(
        "scim.no_target",
        400,
        "The path of an operation finds nothing to change.",
        "An operation remove has no path, or the value filter of an operation replace matches no value.",
        "Add the value first, or correct the filter."
    )
    {
        ScimType = "noTarget",
    };

    public static readonly ErrorCode Value = new(
        "scim.value",
        400,
        "A value is missing, has the wrong type, or is out of bounds.",
        "The message names the attribute.",
        "Correct the value, or the attribute mapping of the directory."
    )
    {
        ScimType = "invalidValue",
    };

    public static readonly ErrorCode Mutability = new(
        "scim.mutability",
        400,
        "The attribute cannot be changed in this way.",
        "The operation changes id, meta, schemas or groups, or removes userName, active or the displayName of a group.",
        "Remove the attribute from the mapping of the directory."
    )
    {
        ScimType = "mutability",
    };

    public static readonly ErrorCode Version = new(
        "scim.version",
        412,
        "The resource has another version than If-Match names.",
        "It was changed since the client read it.",
        "Read it again and repeat the change."
    );

    public static readonly ErrorCode Changed = new(
        "scim.changed",
        409,
        "The resource was changed at the same time.",
        "Two requests change it, and the other one was first.",
        "Send the request again."
    );

    public static readonly ErrorCode Limit = new(
        "scim.limit",
        409,
        "The organization has the maximum number of provisioned users or groups.",
        "200000 users or 20000 groups are provisioned by SCIM.",
        "Narrow the scope of the assignment at the directory, or delete users that have left."
    );

    public static readonly ErrorCode InUse = new(
        "scim.in_use",
        409,
        "The subject's attribute cannot be changed while users are provisioned.",
        "The stored users are linked to people by the present attribute.",
        "Delete the users by the directory, change the setting, and provision them again."
    );
}
