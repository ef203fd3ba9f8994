namespace Culvert.Identity.Service.Settings;

/// <summary>What this installation is called, byte for byte; <c>init</c> fixes the first and the third.</summary>
/// <param name="PublicUrl">Issuer identifier and default audience.</param>
/// <param name="MachineUrl">Where machines reach 8444.</param>
/// <param name="TrustDomain">Of SPIFFE ids.</param>
internal sealed record ServiceIdentity(string PublicUrl, string MachineUrl, string TrustDomain);
