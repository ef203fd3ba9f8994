namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>Whether what a rule names exists. A boundary: tunnels and edges belong to another capability.</summary>
internal interface IRuleTargets
{
    /// <summary>The first of the ids that is no unarchived tunnel of the organization; null = all are.</summary>
    ValueTask<string?> FindMissingTunnelAsync(
        string organizationId,
        IReadOnlyList<string> tunnelIds,
        CancellationToken cancellationToken
    );

    /// <summary>The first of the ids that is no unarchived service account of the organization; null = all are.</summary>
    ValueTask<string?> FindMissingAccountAsync(
        string organizationId,
        IReadOnlyList<string> accountIds,
        CancellationToken cancellationToken
    );

    /// <summary>The first of the ids that is no unarchived edge; null = all are.</summary>
    ValueTask<string?> FindMissingEdgeAsync(IReadOnlyList<string> edgeIds, CancellationToken cancellationToken);
}
