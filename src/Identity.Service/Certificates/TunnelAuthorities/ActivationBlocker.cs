using System.Text.Json.Nodes;

namespace Culvert.Identity.Service.Certificates.TunnelAuthorities;

/// <summary>An agent or relying party that an activation waits for.</summary>
/// <param name="Id">What an override names; for <see cref="ActivationBlockerKind.Propagation"/>: <c>propagation</c>.</param>
/// <param name="Since">Since when the bundle waits for it.</param>
/// <param name="NeededEpoch">The first bundle epoch with the authority's certificate.</param>
internal sealed record ActivationBlocker(ActivationBlockerKind Kind, string Id, DateTimeOffset Since, long NeededEpoch)
{
    public string KindName =>
        Kind switch
        {
            ActivationBlockerKind.Agent => "agent",
            ActivationBlockerKind.RelyingParty or ActivationBlockerKind.ArchivedRelyingParty => "relying_party",
            ActivationBlockerKind.Edge => "edge",
            _ => "propagation",
        };

    public JsonObject ToJson() =>
        new()
        {
            ["kind"] = KindName,
            ["id"] = Id,
            ["since"] = Since.UtcDateTime,
            ["needed_epoch"] = NeededEpoch,
        };
}
