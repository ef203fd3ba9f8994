using Culvert.Tunnel.Agent.Mcp;
using Culvert.Tunnel.Agent.Pins;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Answers;

/// <summary>A call whose answer is judged.</summary>
/// <param name="Shape">The rules that apply to it.</param>
/// <param name="Method">The method of its message.</param>
/// <param name="Id">The id of its message, as the client wrote it.</param>
/// <param name="Resource">The resource that it reads; otherwise empty.</param>
/// <param name="IsModern">Whether its results say how they may be cached.</param>
/// <param name="Output">The approved form of its answers; null for any.</param>
/// <param name="HashKey">Returns the key of masks that are hashes.</param>
internal sealed record JudgedCall(
    AnswerShape Shape,
    string Method,
    ReadOnlyMemory<byte> Id,
    string Resource,
    bool IsModern,
    Caller Caller,
    CompiledPolicy Rules,
    Func<byte[]> HashKey,
    PinnedSchema? Output = null
)
{
    public PrincipalClaims Claims => Caller.Principal?.Claims ?? PrincipalClaims.None;

    /// <summary>Whether a resource that the server names may cross: exactly if the caller could read it.</summary>
    public bool MayRead(string uri) =>
        string.Equals(uri, Resource, StringComparison.Ordinal) || Rules.IsVisible(TargetKind.Resource, uri, Caller);
}
