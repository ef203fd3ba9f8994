using System.Globalization;
using System.Text.Json;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Http;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Federation.Rules;

/// <summary>The settings that creation and update share. Absent and null = the default, or unchanged.</summary>
internal abstract record RuleSettings
{
    /// <summary>Reserved: only empty.</summary>
    public JsonElement? Attributes { get; init; }

    public IReadOnlyList<string>? TunnelIds { get; init; }

    public IReadOnlyList<string>? EdgeIds { get; init; }

    public IReadOnlyList<string>? ActorIds { get; init; }

    public IReadOnlyList<string>? RouteScopes { get; init; }

    public IReadOnlyList<string>? ClientIds { get; init; }

    public string? State { get; init; }

    public string? Bind { get; init; }

    /// <summary>The rule with the settings that are given.</summary>
    public Result<Rule> ApplyTo(Rule rule, Optional<string?> expiresAt)
    {
        if (!TryReadName(State, rule.State, out var state))
        {
            return Refuse("state: draft, audit, enforce or disabled is required.");
        }

        if (!TryReadName(Bind, rule.Bind, out var bind))
        {
            return Refuse("bind: any, dpop, mtls or none is required.");
        }

        var end = rule.ExpiresAt;
        if (expiresAt.IsSet && !TryReadTime(expiresAt.Value, out end))
        {
            return Refuse("expires_at: a time such as 2026-01-01T00:00:00Z, or null, is required.");
        }

        return rule with
        {
            TunnelIds = TunnelIds ?? rule.TunnelIds,
            EdgeIds = EdgeIds ?? rule.EdgeIds,
            ActorIds = ActorIds ?? rule.ActorIds,
            RouteScopes = RouteScopes ?? rule.RouteScopes,
            ClientIds = ClientIds ?? rule.ClientIds,
            State = state,
            Bind = bind,
            ExpiresAt = end,
        };
    }

    public static bool TryReadName<T>(string? given, T present, out T value)
        where T : struct, Enum
    {
        var read = given is null ? present : WireNames.Find<T>(given);
        value = read.GetValueOrDefault();
        return read is not null;
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

    private static Refusal Refuse(string message) => RequestErrors.Invalid.Refuse(message);
}
