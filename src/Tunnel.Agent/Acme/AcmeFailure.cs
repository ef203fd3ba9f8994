namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The last failure for a name, as it is kept.</summary>
/// <param name="Code">As <see cref="AcmeException.Code"/> spells it.</param>
/// <param name="Detail">One sentence.</param>
/// <param name="At">When.</param>
internal sealed record AcmeFailure(string Code, string Detail, DateTimeOffset At);
