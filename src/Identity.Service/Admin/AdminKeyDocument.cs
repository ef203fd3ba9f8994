using System.Text.Json.Serialization;
using Culvert.Identity.Service.Tenants;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Admin;

internal sealed record AdminKeyDocument
{
    [JsonPropertyName("id")]
    public required string Id { get; init; }

    [JsonPropertyName("type")]
    public string Type { get; } = "admin_key";

    [JsonPropertyName("name")]
    public required string Name { get; init; }

    /// <summary>Null when its scopes are those of no role.</summary>
    [JsonPropertyName("role")]
    public required string? Role { get; init; }

    [JsonPropertyName("scopes")]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary><c>live</c>, <c>expired</c> or <c>revoked</c>.</summary>
    [JsonPropertyName("status")]
    public required string Status { get; init; }

    /// <summary>The key it was made with, or that it takes the place of; null = created on the host for a new administrator.</summary>
    [JsonPropertyName("created_by")]
    public required string? CreatedBy { get; init; }

    /// <summary>The person it names, as an identity provider knows that person; null = none, or its creator's (S34).</summary>
    [JsonPropertyName("owner")]
    public required KeyOwnerDocument? Owner { get; init; }

    /// <summary>Keys with the same value count as one person where two must agree (S16).</summary>
    [JsonPropertyName("person")]
    public required string Person { get; init; }

    [JsonPropertyName("created_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset CreatedAt { get; init; }

    [JsonPropertyName("expires_at")]
    [JsonConverter(typeof(UtcTimeConverter))]
    public required DateTimeOffset ExpiresAt { get; init; }

    /// <summary>To the minute; null = never.</summary>
    [JsonPropertyName("last_used_at")]
    public required DateTime? LastUsedAt { get; init; }

    [JsonPropertyName("revoked_at")]
    public required DateTime? RevokedAt { get; init; }

    /// <summary>The key itself: in the answer that makes it, and never again.</summary>
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
