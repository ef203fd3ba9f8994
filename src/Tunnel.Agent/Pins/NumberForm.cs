namespace Culvert.Tunnel.Agent.Pins;

/// <summary>How canonical JSON writes a number that no double is equal to.</summary>
internal enum NumberForm
{
    /// <summary>As the double next to it (RFC 8785 §3.2.2.3), so that 9007199254740993 and 9007199254740992 are written alike.</summary>
    Double,

    /// <summary>With all its digits. Every other number is written as with <see cref="Double"/>.</summary>
    Exact,
}
