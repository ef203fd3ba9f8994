using System.Text;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>How the configuration writes modes and scopes; the inventory writes modes likewise.</summary>
internal static class OauthText
{
    public static string ToText(OauthMode mode) =>
        mode switch
        {
            OauthMode.Required => "required",
            OauthMode.Passthrough => "passthrough",
            _ => "dangerous_none",
        };

    /// <summary>RFC 6749 §3.3; what passes needs no escapes between the quotes of a challenge.</summary>
    public static bool IsScope(string scope) =>
        scope.Length is > 0 and <= 256
        && Ascii.IsValid(scope)
        && scope.All(c => c is > ' ' and < '\x7f' and not ('"' or '\\'));
}
