using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Policy.Service;

namespace Culvert.Tunnel.Agent.Hosting;

/// <summary>What routes use and a change of the file does not replace.</summary>
internal sealed record LastingParts
{
    /// <summary>Keys of issuers that were fetched before a restart; null: they are not kept.</summary>
    public IssuerKeyFile? KeptKeys { get; init; }

    /// <summary>Binds sessions to principals; null: they are not bound.</summary>
    public SessionKey? SessionKey { get; init; }

    /// <summary>What was approved of the routes' servers; null: nothing is compared.</summary>
    public PinBook? Pins { get; init; }

    /// <summary>Policies that come by the feed; null: none does.</summary>
    public ServicePolicies? Policies { get; init; }

    /// <summary>Signs what the agent itself approves; null while it has no certificate.</summary>
    public Func<PinSigner?> PinSigner { get; init; } = () => null;
}
