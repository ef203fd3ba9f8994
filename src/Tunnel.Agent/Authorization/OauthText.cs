using System.Text;

namespace Culvert.Tunnel.Agent.Authorization;

internal static class OauthText
{
    public static string ToText(OauthMode mode) =>
        mode switch
        {
            OauthMode.Required => "required",
            OauthMode.Passthrough => "passthrough",
            _ => "dangerous_none",
        };

    /// <summary>RFC 6749 §3.3; such a scope needs no escapes between the quotes of a challenge.</summary>
    public static bool IsScope(string scope) =>
        scope.Length is > 0 and <= 256
        && Ascii.IsValid(scope)
        && scope.All(c => c is > ' ' and < '\x7f' and not ('"' or '\\'));
}
