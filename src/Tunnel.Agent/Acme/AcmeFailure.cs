namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The last failure for a name, as it is stored.</summary>
/// <param name="Code">A value of <see cref="AcmeException.Code"/>.</param>
internal sealed record AcmeFailure(string Code, string Detail, DateTimeOffset At);
