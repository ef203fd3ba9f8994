using System.Net.Http.Headers;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

/// <summary>What a callout brought.</summary>
/// <param name="Refusal">Null if the target answered.</param>
/// <param name="Status">Its HTTP status.</param>
/// <param name="Headers">Those that the caller may see.</param>
/// <param name="Body">Its whole body.</param>
/// <param name="Redirects">Followed on the way.</param>
internal sealed record CalloutResult(
    CalloutRefusal? Refusal,
    int Status,
    IReadOnlyList<KeyValuePair<string, HeaderStringValues>> Headers,
    ReadOnlyMemory<byte> Body,
    int Redirects
)
{
    /// <summary>Of a tool that calls no target.</summary>
    public static readonly CalloutResult None = new(null, 0, [], default, 0);

    public static CalloutResult Refused(CalloutRefusal refusal, int redirects = 0) =>
        new(refusal, 0, [], default, redirects);
}
