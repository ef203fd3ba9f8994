using Culvert.Tunnel.Agent.Requests;
using Microsoft.Extensions.Primitives;

namespace Culvert.Tunnel.Agent.Pipeline;

/// <summary>Why a policy does not want a call to be made.</summary>
/// <param name="Failure">The refusal; null for a denial, which looks like the server's own answer (A14).</param>
/// <param name="RetryAfterSeconds">The <c>Retry-After</c> header; 0 = the value of the failure.</param>
/// <param name="Challenges">The <c>WWW-Authenticate</c> header.</param>
internal sealed record Objection(Failure? Failure, int RetryAfterSeconds = 0, StringValues Challenges = default)
{
    /// <summary>No rule allows the name, its definition or its arguments.</summary>
    public static readonly Objection Denial = new(Failure: null);

    public bool IsDenial => Failure is null;
}
