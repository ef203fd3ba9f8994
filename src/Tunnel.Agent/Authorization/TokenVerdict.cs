using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>The principal of a token, or why the token was refused.</summary>
internal readonly record struct TokenVerdict(Principal? Principal, TokenError Error)
{
    public static readonly TokenVerdict Passed = new(null, TokenError.None);

    /// <summary>The reason below <see cref="Error"/>, or the claim that it is about; null without one.</summary>
    public string? Detail { get; private init; }

    /// <summary>The error for the log, such as <c>Malformed (TooDeep)</c> or <c>Claims (exp)</c>.</summary>
    public string Reason => Detail is null ? $"{Error}" : $"{Error} ({Detail})";

    public static TokenVerdict Refused(TokenError error, string? detail = null) => new(null, error) { Detail = detail };
}
