using Culvert.Identity.Service.Federation.Assertions;
using Culvert.Jose.Tokens;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>Whose claims are tried: a token to be proved, or claims that are taken as proved.</summary>
/// <param name="Kind"><c>token</c>, <c>claims</c>, <c>event</c> or <c>sample</c>: for audit.</param>
/// <param name="Token">Null = only claims.</param>
/// <param name="Claims">For a token: what it says, believed only after it is proved; null = the token cannot be read.</param>
/// <param name="Workspace">The workspace that the exchange would ask for; null = none.</param>
internal sealed record SimulationInput(string Kind, ReadOnlyMemory<byte>? Token, ClaimSet? Claims, string? Workspace)
{
    /// <summary>One question to the evaluator, with a trace.</summary>
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
        return Token is null
            ? AssertionContext.OfClaims(Claims!, request, rule, now, trace: new AssertionTrace())
            : new AssertionContext(request, rule, now) { Trace = new AssertionTrace() };
    }

    /// <summary>The same after the token was proved once: further rules need no second proof.</summary>
    public SimulationInput Proved() => this with { Token = null };

    // A record would print the token.
    public override string ToString() => $"{nameof(SimulationInput)} {{ Kind = {Kind} }}";
}
