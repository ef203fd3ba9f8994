using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyDocument
{
    public required string Id { get; init; }

    public string Type { get; } = "admin_key";

    public required string Name { get; init; }

    /// <summary>Null if its scopes are not those of a role.</summary>
    public required string? Role { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary><c>live</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string Status { get; init; }

    /// <summary>The key that created it, or that it replaces; null = created on the host for a new administrator.</summary>
    public required string? CreatedBy { get; init; }

    /// <summary>The identity provider's person that the key names; null = none, or that of its creator (S34).</summary>
    public required KeyOwnerDocument? Owner { get; init; }

    /// <summary>Keys with the same value count as one person where two people must agree (S16).</summary>
    public required string Person { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>With a precision of one minute; null = never.</summary>
    public required DateTime? LastUsedAt { get; init; }

    public required DateTime? RevokedAt { get; init; }

    /// <summary>The key itself: only in the answer that creates it.</summary>
    [JsonPropertyName("admin_key")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static AdminKeyDocument Of(AdminKey key, string person, DateTimeOffset now) =>
        new()
        {
            Id = key.Id.Value,
            Name = key.Name,
            Role = key.Role,
            Scopes = [.. key.Scopes.Order(StringComparer.Ordinal)],
            Status =
                key.RevokedAt is not null ? "revoked"
                : key.ExpiresAt < now ? "expired"
                : "live",
            CreatedBy = key.CreatedBy,
            Owner = key.Owner is { } owner ? new KeyOwnerDocument(owner.Issuer, owner.Subject) : null,
            Person = person,
            CreatedAt = key.CreatedAt,
            ExpiresAt = key.ExpiresAt,
            LastUsedAt = key.LastUsedAt?.UtcDateTime,
            RevokedAt = key.RevokedAt?.UtcDateTime,
        };

    // The generated method would print the key.
    public override string ToString() => $"{nameof(AdminKeyDocument)} {Id}";
}
