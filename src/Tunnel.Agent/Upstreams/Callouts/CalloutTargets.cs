using System.Collections.Frozen;

namespace Culvert.Tunnel.Agent.Upstreams.Callouts;

internal sealed class CalloutTargets(IReadOnlyList<CalloutTarget> all)
{
    private readonly FrozenDictionary<string, CalloutTarget> byName = all.ToFrozenDictionary(
        t => t.Name,
        StringComparer.Ordinal
    );

    private readonly FrozenDictionary<string, CalloutTarget> byUrl = all.ToFrozenDictionary(
        t => t.Url.AbsoluteUri,
        StringComparer.Ordinal
    );

    public IReadOnlyList<CalloutTarget> All => all;

    public CalloutTarget? Find(string name) => byName.GetValueOrDefault(name);

    public CalloutTarget? Find(Uri url) =>
        url is { UserInfo: "", Fragment: "" } ? byUrl.GetValueOrDefault(url.AbsoluteUri) : null;
}
