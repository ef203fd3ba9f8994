using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Certificates.RelyingParties;

internal static class RelyingPartyEvents
{
    public static AuditEvent Changed(string name, AuditOrigin origin, RelyingParty party, string? reason) =>
        About(name, origin, party, [("service_account_id", party.ServiceAccountId), ("reason", reason)]);

    /// <summary>A relying party holds an epoch: acknowledged by the party, or by an administrator who checked.</summary>
    public static AuditEvent Acknowledged(AuditOrigin origin, RelyingParty party, long epoch, bool isByPerson) =>
        About(AuditEvents.TrustBundleAcknowledged, origin, party, [("epoch", epoch), ("by_person", isByPerson)]);

    private static AuditEvent About(string name, AuditOrigin origin, RelyingParty party, AuditData data) =>
        new(
            name,
            origin,
            party.OrganizationId,
            [new("tunnel", party.TunnelId.Value), new("relying_party", party.Id.Value)],
            [("relying_party_id", party.Id.Value), ("tunnel_id", party.TunnelId.Value), ("name", party.Name), .. data]
        );
}
