namespace Culvert.Tunnel.Agent.Credentials;

/// <summary>A token for an upstream, or why there is none.</summary>
/// <param name="Value">A secret; empty when there is none.</param>
/// <param name="EndsAt">As the authorization server said.</param>
/// <param name="Problem">For the log; empty when there is none.</param>
internal sealed record IssuedToken(string Value, DateTimeOffset EndsAt, string Problem)
{
    public static IssuedToken Failed(string problem, DateTimeOffset until) => new("", until, problem);

    /// <summary>Never the value.</summary>
    public override string ToString() => Problem.Length > 0 ? Problem : $"until {EndsAt:u}";
}
