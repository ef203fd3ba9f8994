namespace Culvert.Identity.Service.Scim;

/// <summary>A kind of resource with its schema: the attributes that are kept, and those that are accepted only.</summary>
internal sealed record ScimResourceType(string Name, string Kind, string Endpoint, string Schema, string Prefix)
{
    public const int MaxMembers = 10_000;
    private const int MaxEmails = 20;

    private static readonly ScimAttribute Id = new("id", ScimDataType.String, "Assigned by this service.")
    {
        IsReadOnly = true,
        IsCaseExact = true,
    };

    private static readonly ScimAttribute Meta = new("meta", ScimDataType.Complex, "Assigned by this service.")
    {
        IsReadOnly = true,
        SubAttributes =
        [
            new("resourceType", ScimDataType.String, "User or Group.") { IsReadOnly = true },
            new("created", ScimDataType.DateTime, "When it was created.") { IsReadOnly = true },
            new("lastModified", ScimDataType.DateTime, "When it was last changed.") { IsReadOnly = true },
            new("location", ScimDataType.String, "Its URL.") { IsReadOnly = true },
            new("version", ScimDataType.String, "Its ETag.") { IsReadOnly = true },
        ],
    };

    private static readonly ScimAttribute ExternalId = new(
        "externalId",
        ScimDataType.String,
        "The directory's id of the resource. By default it is the subject of the person at the issuer."
    )
    {
        IsCaseExact = true,
    };

    public static readonly ScimResourceType User = new(
        "User",
        "user",
        "Users",
        "urn:ietf:params:scim:schemas:core:2.0:User",
        "scu"
    )
    {
        MaxBodyBytes = 64 * 1024,
        MostPerOrganization = 200_000,
        Attributes =
        [
            Id,
            Meta,
            ExternalId,
            new("userName", ScimDataType.String, "Unique in the directory.") { IsRequired = true, IsUnique = true },
            new(
                "active",
                ScimDataType.Boolean,
                "False withdraws the person's access and refuses new sign-ins until it is true again."
            ),
            new("displayName", ScimDataType.String, "For people."),
            new("name", ScimDataType.Complex, "The parts of the name.")
            {
                SubAttributes =
                [
                    .. new[]
                    {
                        "formatted",
                        "familyName",
                        "givenName",
                        "middleName",
                        "honorificPrefix",
                        "honorificSuffix",
                    }.Select(part => new ScimAttribute(part, ScimDataType.String, "For people.")),
                ],
            },
            new("emails", ScimDataType.Complex, "At most 20.")
            {
                MaxValues = MaxEmails,
                SubAttributes =
                [
                    new("value", ScimDataType.String, "The address.") { IsRequired = true },
                    new("type", ScimDataType.String, "Such as work."),
                    new("primary", ScimDataType.Boolean, "True at most once."),
                    new("display", ScimDataType.String, "For people."),
                ],
            },
        ],
        Ignored =
        [
            "addresses",
            "entitlements",
            "ims",
            "locale",
            "nickName",
            "password",
            "phoneNumbers",
            "photos",
            "preferredLanguage",
            "profileUrl",
            "roles",
            "timezone",
            "title",
            "userType",
            "x509Certificates",
        ],
        IgnoredExtensions = ["urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],
        ReadOnly = ["groups"],
    };

    public static readonly ScimResourceType Group = new(
        "Group",
        "group",
        "Groups",
        "urn:ietf:params:scim:schemas:core:2.0:Group",
        "scg"
    )
    {
        MaxBodyBytes = 1024 * 1024,
        MostPerOrganization = 20_000,
        Attributes =
        [
            Id,
            Meta,
            ExternalId,
            new("displayName", ScimDataType.String, "The name of the group.") { IsRequired = true },
            new(MembersName, ScimDataType.Complex, "Users of the same directory, at most 10000.")
            {
                MaxValues = MaxMembers,
                SubAttributes =
                [
                    new("value", ScimDataType.String, "The id of a user.") { IsRequired = true, IsCaseExact = true },
                    new("display", ScimDataType.String, "Not kept.") { IsStored = false },
                    new("type", ScimDataType.String, "Not kept: members are users.") { IsStored = false },
                    new("$ref", ScimDataType.String, "Not kept.") { IsStored = false },
                ],
            },
        ],
    };

    public const string MembersName = "members";

    public static IReadOnlyList<ScimResourceType> All => [User, Group];

    public int MaxBodyBytes { get; private init; }

    public int MostPerOrganization { get; private init; }

    public IReadOnlyList<ScimAttribute> Attributes { get; private init; } = [];

    /// <summary>Attributes of RFC 7643 that are accepted and not kept.</summary>
    public IReadOnlyList<string> Ignored { get; private init; } = [];

    public IReadOnlyList<string> IgnoredExtensions { get; private init; } = [];

    /// <summary>Attributes that a directory never sets, and that are not returned.</summary>
    public IReadOnlyList<string> ReadOnly { get; private init; } = [];

    public string Description =>
        Ignored.Count == 0
            ? "A group of users. Other attributes are refused."
            : "A person at the issuer. Accepted and not kept: "
                + string.Join(", ", Ignored.Concat(IgnoredExtensions))
                + ". Others are refused.";

    public ScimAttribute? Find(string name) => ScimAttribute.Find(Attributes, name);

    public bool Ignores(string name) =>
        Ignored.Contains(name, StringComparer.OrdinalIgnoreCase)
        || IgnoredExtensions.Any(extension =>
            name.StartsWith(extension, StringComparison.OrdinalIgnoreCase)
            && (name.Length == extension.Length || name[extension.Length] == ':')
        );

    public bool IsReadOnly(string name) =>
        name.Equals("schemas", StringComparison.OrdinalIgnoreCase)
        || ReadOnly.Contains(name, StringComparer.OrdinalIgnoreCase)
        || Find(name) is { IsReadOnly: true };

    public override string ToString() => Name;
}
