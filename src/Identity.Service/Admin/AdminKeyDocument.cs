using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

/// <param name="Role">Null if its scopes are not those of a role.</param>
/// <param name="Status"><c>live</c>, <c>expired</c> or <c>revoked</c>.</param>
/// <param name="CreatedBy">
/// The key that created it, or that it replaces; null = created on the host for a new administrator.
/// </param>
/// <param name="Owner">
/// The identity provider's person that the key names; null = none, or that of its creator (S34).
/// </param>
/// <param name="Person">Keys with the same value count as one person where two people must agree (S16).</param>
/// <param name="LastUsedAt">With a precision of one minute; null = never.</param>
/// <param name="Secret">The key itself: only in the answer that creates it.</param>
internal sealed record AdminKeyDocument(
    [property: JsonPropertyOrder(-2)] string Id,
    string Name,
    string? Role,
    IReadOnlyList<string> Scopes,
    string Status,
    string? CreatedBy,
    KeyOwnerDocument? Owner,
    string Person,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset CreatedAt,
    [property: JsonConverter(typeof(UtcTimeConverter))] DateTimeOffset ExpiresAt,
    DateTime? LastUsedAt,
    DateTime? RevokedAt,
    [property: JsonPropertyName("admin_key")]
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        string? Secret = null
)
{
    [JsonPropertyOrder(-1)]
    public string Type { get; } = "admin_key";

    public static AdminKeyDocument From(AdminKey key, string person, DateTimeOffset now) =>
        new(
            Id: key.Id.Value,
            Name: key.Name,
            Role: key.Role,
            Scopes: [.. key.Scopes.Order(StringComparer.Ordinal)],
            Status: key.RevokedAt is not null ? "revoked"
                : key.ExpiresAt < now ? "expired"
                : "live",
            CreatedBy: key.CreatedBy,
            Owner: key.Owner is { } owner ? new KeyOwnerDocument(owner.Issuer, owner.Subject) : null,
            Person: person,
            CreatedAt: key.CreatedAt,
            ExpiresAt: key.ExpiresAt,
            LastUsedAt: key.LastUsedAt?.UtcDateTime,
            RevokedAt: key.RevokedAt?.UtcDateTime
        );

    // The generated method would print the key.
    public override string ToString() => $"{nameof(AdminKeyDocument)} {Id}";
}
