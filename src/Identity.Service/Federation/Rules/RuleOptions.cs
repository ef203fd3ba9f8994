using System.Globalization;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

internal sealed record RuleOptions(RuleState State, RuleBind Bind, DateTimeOffset? ExpiresAt)
{
    public static readonly RuleOptions Default = new(RuleState.Enforce, RuleBind.Any, ExpiresAt: null);

    public static RuleOptions Of(Rule rule) => new(rule.State, rule.Bind, rule.ExpiresAt);

    /// <summary>Overrides the present values with the given ones.</summary>
    public static Result<RuleOptions> Read(
        string? state,
        string? bind,
        Optional<string?> expiresAt,
        RuleOptions present
    )
    {
        var options = present;
        if (state is not null)
        {
            if (WireNames.Find<RuleState>(state) is not { } read)
            {
                return Refuse("state: draft, audit, enforce or disabled is required.");
            }

            options = options with { State = read };
        }

        if (bind is not null)
        {
            if (WireNames.Find<RuleBind>(bind) is not { } read)
            {
                return Refuse("bind: any, dpop, mtls or none is required.");
            }

            options = options with { Bind = read };
        }

        if (expiresAt.IsSet)
        {
            if (!TryReadTime(expiresAt.Value, out var time))
            {
                return Refuse("expires_at: a time such as 2026-01-01T00:00:00Z, or null, is required.");
            }

            options = options with { ExpiresAt = time };
        }

        return options;
    }

    // RFC 3339 in UTC, whole seconds.
    private static bool TryReadTime(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (text is null)
        {
            return true;
        }

        var isTime = DateTimeOffset.TryParseExact(
            text,
            "yyyy-MM-dd'T'HH:mm:ss'Z'",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var read
        );
        time = read;
        return isTime;
    }

    private static Result<RuleOptions> Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
