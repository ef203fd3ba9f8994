using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Certificates.PlatformAuthorities;

internal static class PlatformAuthorityEvents
{
    public static AuditEvent Created(AuditOrigin origin, PlatformAuthority authority) =>
        About(
            AuditEvents.PlatformAuthorityCreated,
            origin,
            authority,
            ("tier", authority.Tier == PlatformTier.Root ? "root" : "issuing"),
            []
        );

    /// <summary>A state change of a root of the platform CA, with the root and the epoch after it.</summary>
    /// <param name="overridden">The holders that had not acknowledged when an override activated it.</param>
    public static AuditEvent RootChanged(
        string name,
        AuditOrigin origin,
        PlatformAuthority root,
        long epoch,
        string? reason = null,
        PlatformLink? link = null,
        IReadOnlyList<string>? overridden = null
    ) =>
        About(
            name,
            origin,
            root,
            ("state", WireNames.Get(root.State)),
            [
                ("epoch", epoch),
                ("reason", reason),
                ("link_serial", link?.Certificate.SerialNumberHex),
                ("overridden", overridden ?? []),
            ]
        );

    private static AuditEvent About(
        string name,
        AuditOrigin origin,
        PlatformAuthority authority,
        (string, object?) kind,
        AuditData data
    ) =>
        new(
            name,
            origin,
            OrganizationId: null,
            [new("platform_authority", authority.Id.Value)],
            [
                ("authority_id", authority.Id.Value),
                kind,
                ("serial", authority.Certificate.SerialNumberHex),
                ("fingerprint", authority.Certificate.Fingerprint),
                ("not_after", authority.Certificate.NotAfter),
                .. data,
            ]
        );
}
