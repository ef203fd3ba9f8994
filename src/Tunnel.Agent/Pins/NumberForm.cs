namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How canonical JSON writes a number that has no exact double.</summary>
internal enum NumberForm
{
    /// <summary>As the nearest double (RFC 8785 §3.2.2.3): 9007199254740993 is written as 9007199254740992.</summary>
    Double,

    /// <summary>With all its digits. All other numbers have the same form as with <see cref="Double"/>.</summary>
    Exact,
}
