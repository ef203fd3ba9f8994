namespace Culvert.Identity.Service.Settings;

/// <summary>The names of this installation, byte for byte; <c>init</c> fixes the public URL and the trust domain.</summary>
/// <param name="PublicUrl">The issuer identifier and default audience.</param>
/// <param name="MachineUrl">The URL of port 8444 for machines.</param>
internal sealed record ServiceIdentity(string PublicUrl, string MachineUrl, string TrustDomain);
