using Culvert.Tunnel.Agent.Policy.Arguments;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Approvals;

/// <summary>What reaches the server besides the message, and may mean something to a tool.</summary>
/// <param name="Query">Of the address, without the question mark; empty for none.</param>
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
