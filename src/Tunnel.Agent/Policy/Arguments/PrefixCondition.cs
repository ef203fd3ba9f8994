using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>prefix</c>: the text begins with this text, compared by character.</summary>
internal sealed class PrefixCondition(string prefix) : ValueCondition("prefix", ValueKinds.Text)
{
    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text) && text.StartsWith(prefix, StringComparison.Ordinal);

    public override string ToString() => prefix;
}
