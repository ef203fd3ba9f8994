using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>Inputs other than the message that reach the server and may affect a tool.</summary>
/// <param name="Query">Without the question mark; empty for none.</param>
/// <param name="Parameters">Headers that repeat arguments, by name in lower case.</param>
internal sealed record CallInputs(string Query, IReadOnlyList<KeyValuePair<string, string[]>> Parameters)
{
    public static readonly CallInputs None = new("", []);

    public static CallInputs Read(Exchange exchange) =>
        new(
            RequestQuery.Get(exchange.Request.RawTarget).ToString(),
            [
                .. exchange
                    .Request.Headers.Where(h => ParameterHeaders.IsParameter(h.Key))
                    .Select(h => KeyValuePair.Create(h.Key.ToLowerInvariant(), h.Value.Select(v => v ?? "").ToArray()))
                    .OrderBy(h => h.Key, StringComparer.Ordinal),
            ]
        );
}
