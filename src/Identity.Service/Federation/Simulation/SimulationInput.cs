using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Identity.Service.Federation.Rules.Conditions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Simulation;

/// <summary>The claims to try: a token to be verified, or claims that are taken as verified.</summary>
/// <param name="Kind"><c>token</c>, <c>claims</c>, <c>event</c> or <c>sample</c>: for audit.</param>
/// <param name="Token">Null if there are only claims.</param>
/// <param name="Claims">
/// The claims; null if the token cannot be parsed. Claims of a token are trusted only after its verification.
/// </param>
/// <param name="Workspace">The workspace that the exchange would request; null if none.</param>
internal sealed record SimulationInput(string Kind, ReadOnlyMemory<byte>? Token, ClaimSet? Claims, string? Workspace)
{
    /// <summary>Null = those that the directory provisioned.</summary>
    public PersonGroups? Groups { get; init; }

    public AssertionContext Against(CompiledRule rule, DateTimeOffset now, string requestId)
    {
        var request = new ExchangeRequest
        {
            Assertion = Token ?? default,
            RuleId = rule.Rule.Id.Value,
            OrganizationId = rule.Rule.OrganizationId,
            WorkspaceId = Workspace,
            RequestId = requestId,
            Source = System.Net.IPAddress.None,
        };
        var context = Token is null
            ? AssertionContext.OfClaims(Claims!, request, rule, now, trace: new AssertionTrace())
            : new AssertionContext(request, rule, now) { Trace = new AssertionTrace() };
        context.Groups = Groups;
        return context;
    }

    /// <summary>The same after the token was verified once: further rules need no second verification.</summary>
    public SimulationInput Proved() => this with { Token = null };

    // The default text of a record would contain the token.
    public override string ToString() => $"{nameof(SimulationInput)} {{ Kind = {Kind} }}";
}
