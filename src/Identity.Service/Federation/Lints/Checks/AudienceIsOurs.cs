namespace Culvert.Identity.Service.Federation.Lints.Checks;

/// <summary>L02: other services accept a token with the platform's own audience, and this one theirs.</summary>
internal sealed class AudienceIsOurs : ILintCheck
{
    private static readonly string[] Known =
    [
        "sts.amazonaws.com",
        "api://AzureADTokenExchange",
        "https://github.com/*",
        "https://gitlab.com",
        "https://kubernetes.default.svc*",
        "https://vault*",
    ];

    public string Id => "L02";

    public Lint? Check(LintedRule rule)
    {
        var audience = rule.Audience;
        if (audience == rule.PublicUrl || rule.Preset?.Audience.Fixed == true)
        {
            return null;
        }

        return Known.Concat(rule.Preset?.Audience.Defaults ?? []).Any(pattern => Matches(pattern, audience))
            ? Lint.Error(
                Id,
                $"match.audience: {audience} is the platform's default audience for all services; request tokens with "
                    + $"the audience {rule.PublicUrl} and leave match.audience out, or name another one of your own."
            )
            : null;
    }

    private static bool Matches(string pattern, string audience)
    {
        var parts = pattern.Split('*');
        var at = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            var found = audience.IndexOf(parts[i], at, StringComparison.OrdinalIgnoreCase);
            if (found < 0 || (i == 0 && found != 0))
            {
                return false;
            }

            at = found + parts[i].Length;
        }

        return parts[^1].Length == 0
            || at == audience.Length
            || audience.EndsWith(parts[^1], StringComparison.OrdinalIgnoreCase);
    }
}
