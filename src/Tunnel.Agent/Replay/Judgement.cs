namespace Culvert.Tunnel.Agent.Replay;

/// <summary>A policy's decision on a recorded call.</summary>
/// <param name="IsAllowed">Null: the record does not have enough data.</param>
/// <param name="Rule">The deciding rule; empty if <paramref name="Reason"/> applies.</param>
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

    public string Because => Rule.Length > 0 ? $"rule {Rule}" : Reason;
}
