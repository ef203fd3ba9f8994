namespace Culvert.Stage.Hops;

/// <param name="ChainFile">The signed certificate, then the root.</param>
internal sealed record SignedAuthority(string ChainFile, string Fingerprint);
