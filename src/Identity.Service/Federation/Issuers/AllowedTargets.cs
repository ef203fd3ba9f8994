using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;
using Culvert.Platform.Addresses;
using Culvert.Platform.Fetching;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Reads and checks lists of allowed targets.</summary>
internal static class AllowedTargets
{
    /// <summary>Null if one has no network address with its prefix length, or no port.</summary>
    public static IReadOnlyList<AllowedTarget>? Read(IReadOnlyList<AllowedTargetDocument> given)
    {
        var targets = new List<AllowedTarget>();
        foreach (var target in given)
        {
            if (
                target is null
                || !AddressRanges.TryParse(target.Cidr, out var network)
                || target.Port is < 1 or > 65535
            )
            {
                return null;
            }

            targets.Add(new AllowedTarget(network, target.Port));
        }

        return targets;
    }

    /// <summary>Null if the installation permits them all.</summary>
    public static Refusal? FindRefusal(IReadOnlyList<AllowedTarget> targets, OutboundOptions outbound)
    {
        foreach (var target in targets)
        {
            if (!FetchPolicy.IsWithin(new FetchTarget(target.Network, target.Port), outbound.PrivateNetworks))
            {
                return FederationErrors.TargetNotAllowed.Refuse(
                    $"allowed_targets: {target} is outside the installation's private_issuer_networks (network and port)."
                );
            }
        }

        return null;
    }
}
