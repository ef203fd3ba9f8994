using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Storage;

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
        string? workspaceId,
        EnrollmentProof proof,
        CancellationToken cancellationToken
    ) => new(ended.ContainsKey(proof.RuleId!) ? null : new RuleStanding([.. named], [.. named]));

    public IReadOnlyList<Statement> Require(string? workspaceId, EnrollmentProof proof, string machineId) => [];
}
