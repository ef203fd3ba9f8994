namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A token for an upstream, or the failure.</summary>
/// <param name="Value">A secret; empty after a failure.</param>
/// <param name="EndsAt">The expiry that the authorization server stated.</param>
/// <param name="Problem">For the log; empty without a failure.</param>
internal record IssuedToken(string Value, DateTimeOffset EndsAt, string Problem)
{
    // During an outage calls share one failure for this time instead of repeating the request.
    private static readonly TimeSpan FailureLife = TimeSpan.FromSeconds(1);

    /// <summary>A failure that a <see cref="TokenStore"/> gives to all calls of the next second.</summary>
    public static IssuedToken Failed(string problem, TimeProvider time) =>
        Failed(problem, time.GetUtcNow() + FailureLife);

    public static IssuedToken Failed(string problem, DateTimeOffset until) => new("", until, problem);

    /// <summary>Whether the text can be a token: in a form, and in a header.</summary>
    public static bool IsToken(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('!', '~');

    /// <summary>Without the value, which is a secret.</summary>
    public sealed override string ToString() => Problem.Length > 0 ? Problem : $"until {EndsAt:u}";
}
