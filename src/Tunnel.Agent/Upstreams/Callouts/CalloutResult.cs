using System.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <param name="Refusal">Null if the target answered.</param>
/// <param name="Headers">Only those that the caller may see.</param>
internal sealed record CalloutResult(
    CalloutRefusal? Refusal,
    int Status,
    IReadOnlyList<KeyValuePair<string, HeaderStringValues>> Headers,
    ReadOnlyMemory<byte> Body,
    int Redirects
)
{
    /// <summary>The result of a tool that calls no target.</summary>
    public static readonly CalloutResult None = new(null, 0, [], default, 0);

    public static CalloutResult Refused(CalloutRefusal refusal, int redirects = 0) =>
        new(refusal, 0, [], default, redirects);
}
