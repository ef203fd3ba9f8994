using System.Text.Json;
using Culvert.Tunnel.Agent.Authorization;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>glob</c>: the whole text matches, where <c>*</c> matches any text.</summary>
internal sealed class GlobCondition(string pattern) : ValueCondition("glob", ValueKinds.Text)
{
    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        JsonText.TryGet(value, out var text) && Glob.Matches(pattern, text);

    public override string ToString() => pattern;
}
