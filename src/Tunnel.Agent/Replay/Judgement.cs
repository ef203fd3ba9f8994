namespace Culvert.Tunnel.Agent.Replay;

/// <summary>What a policy says of a recorded call.</summary>
/// <param name="IsAllowed">Null: the record does not say enough.</param>
/// <param name="Rule">The rule that decides; empty where <paramref name="Reason"/> does.</param>
/// <param name="Reason">As in the record; or why it cannot be decided.</param>
internal readonly record struct Judgement(bool? IsAllowed, string Rule, string Reason)
{
    public static Judgement Unknown(string why) => new(null, "", why);

    /// <summary><c>allow</c>, <c>deny</c> or <c>unknown</c>.</summary>
    public string Word =>
        IsAllowed switch
        {
            true => "allow",
            false => "deny",
            null => "unknown",
        };

    /// <summary>What decides, for people.</summary>
    public string Because => Rule.Length > 0 ? $"rule {Rule}" : Reason;
}
