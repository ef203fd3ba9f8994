namespace Culvert.Identity.Service.Scim;

/// <summary>The directory of an issuer; its settings are the defaults until they are changed.</summary>
internal sealed record ScimDirectory(string OrganizationId, string IssuerId, SubjectAttribute SubjectAttribute)
{
    /// <summary>When the settings were changed; null = never.</summary>
    public DateTimeOffset? UpdatedAt { get; init; }

    public string? UpdatedBy { get; init; }

    /// <summary>The subject of the user at the issuer; null = the user cannot be linked to a person.</summary>
    public string? FindSubject(ScimResource user) =>
        user.Type != ScimResourceType.User ? null
        : SubjectAttribute == SubjectAttribute.UserName ? user.UserName
        : user.ExternalId;
}
