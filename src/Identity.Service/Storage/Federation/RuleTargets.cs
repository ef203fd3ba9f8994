using Culvert.Identity.Service.Federation.Rules;

namespace Culvert.Identity.Service.Storage.Federation;

/// <summary>Ids are checked for their form alone until tunnels and edges are stored beside the rules.</summary>
internal sealed class RuleTargets : IRuleTargets
{
    public ValueTask<string?> FindMissingTunnelAsync(
        string organizationId,
        IReadOnlyList<string> tunnelIds,
        CancellationToken cancellationToken
    ) => new((string?)null);

    public ValueTask<string?> FindMissingEdgeAsync(
        IReadOnlyList<string> edgeIds,
        CancellationToken cancellationToken
    ) => new((string?)null);
}
