using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tokens.SigningKeys;

internal static class SigningKeyEvents
{
    /// <param name="activeFrom">When it begins to sign.</param>
    /// <param name="custody">Where its private half is.</param>
    /// <param name="use">What it signs; null = access tokens.</param>
    public static AuditEvent Created(
        AuditOrigin origin,
        string keyId,
        DateTimeOffset activeFrom,
        KeyCustody custody,
        string? reason,
        string? use = null
    ) =>
        About(
            AuditEvents.TokenSigningKeyCreated,
            origin,
            keyId,
            [
                ("active_from", UtcTimeConverter.Format(activeFrom)),
                ("custody", WireNames.Get(custody)),
                .. AuditData.Optional("reason", reason),
                .. AuditData.Optional("use", use),
            ]
        );

    public static AuditEvent Retired(AuditOrigin origin, string keyId) =>
        About(AuditEvents.TokenSigningKeyRetired, origin, keyId, []);

    /// <param name="successorId">The key that signs from now on.</param>
    public static AuditEvent Compromised(AuditOrigin origin, string keyId, string successorId, string reason) =>
        About(
            AuditEvents.TokenSigningKeyCompromised,
            origin,
            keyId,
            [("successor_id", successorId), ("reason", reason)]
        );

    private static AuditEvent About(string name, AuditOrigin origin, string keyId, AuditData data) =>
        new(name, origin, OrganizationId: null, [], [("key_id", keyId), .. data]);
}
