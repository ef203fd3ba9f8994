using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.Enrollments;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Rules that hold for every tunnel and edge they were told of, until a test ends them.</summary>
internal sealed class ScriptedFederation : IFederationStanding
{
    private readonly ConcurrentDictionary<string, bool> ended = new();
    private readonly ConcurrentBag<string> named = [];

    public void Name(string tunnelOrEdgeId) => named.Add(tunnelOrEdgeId);

    public void End(string ruleId) => ended[ruleId] = true;

    public ValueTask<RuleStanding?> FindAsync(
        string organizationId,
        string ruleId,
        CancellationToken cancellationToken
    ) => new(ended.ContainsKey(ruleId) ? null : new RuleStanding([.. named], [.. named]));
}
