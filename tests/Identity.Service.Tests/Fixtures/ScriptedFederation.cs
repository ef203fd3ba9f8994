using System.Collections.Concurrent;
using Culvert.Identity.Service.Certificates.Enrollments;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Machines;

namespace Culvert.Identity.Service.Tests.Fixtures;

/// <summary>Rules that are valid for every tunnel and edge that a test added, until a test revokes them.</summary>
internal sealed class ScriptedFederation : IFederationValidity
{
    private readonly ConcurrentDictionary<string, bool> ended = new();
    private readonly ConcurrentBag<string> named = [];

    /// <summary>What happens just before a rule is read.</summary>
    public Func<Task>? Meanwhile { get; set; }

    public void Name(string tunnelOrEdgeId) => named.Add(tunnelOrEdgeId);

    public void End(string ruleId) => ended[ruleId] = true;

    public async ValueTask<RuleValidity?> FindAsync(
        string organizationId,
        string? workspaceId,
        EnrollmentProof proof,
        CancellationToken cancellationToken
    )
    {
        await (Meanwhile?.Invoke() ?? Task.CompletedTask);
        return ended.ContainsKey(proof.RuleId!) ? null : new RuleValidity([.. named], [.. named]);
    }

    public IReadOnlyList<Statement> Require(string? workspaceId, EnrollmentProof proof, string machineId) => [];
}
