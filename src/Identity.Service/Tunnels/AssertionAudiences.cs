using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>Reads the list of audiences for which a tunnel's agents may request assertions.</summary>
internal static class AssertionAudiences
{
    public const int MaxAudiences = 16;
    public const int MaxLength = 512;

    /// <summary>Returns the audiences unchanged, or a refusal that names the first invalid entry.</summary>
    public static Result<IReadOnlyList<string>> Parse(IReadOnlyList<string?> texts, ServiceIdentity identity)
    {
        if (texts.Count > MaxAudiences)
        {
            return TunnelErrors.AssertionAudience.Refuse(
                $"assertion_audiences: at most {MaxAudiences} audiences are allowed."
            );
        }

        var audiences = new List<string>(texts.Count);
        foreach (var text in texts)
        {
            if (text is not { Length: > 0 and <= MaxLength } || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                return TunnelErrors.AssertionAudience.Refuse(
                    $"assertion_audiences: entry {audiences.Count + 1} is not 1 to {MaxLength} characters of ASCII without "
                        + "blanks."
                );
            }

            if (IsOwn(text, identity))
            {
                return TunnelErrors.AssertionAudience.Refuse(
                    $"assertion_audiences: '{text}' is this service, which accepts no assertion of its own."
                );
            }

            if (audiences.Contains(text, StringComparer.Ordinal))
            {
                return TunnelErrors.AssertionAudience.Refuse($"assertion_audiences: '{text}' is listed twice.");
            }

            audiences.Add(text);
        }

        return Result<IReadOnlyList<string>>.Ok(audiences);
    }

    private static bool IsOwn(string audience, ServiceIdentity identity) =>
        new[] { identity.PublicUrl, identity.MachineUrl }.Any(url =>
            url.Length > 0
            && (
                audience.Equals(url, StringComparison.OrdinalIgnoreCase)
                || audience.StartsWith(url + "/", StringComparison.OrdinalIgnoreCase)
            )
        );
}
