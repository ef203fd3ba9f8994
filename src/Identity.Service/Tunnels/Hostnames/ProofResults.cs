namespace Culvert.Identity.Service.Tunnels.Hostnames;

/// <summary>The results as the store and the interface spell them.</summary>
internal static class ProofResults
{
    public static string NameOf(ProofResult result) =>
        result switch
        {
            ProofResult.Proven => "proven",
            ProofResult.Missing => "missing",
            ProofResult.Unreachable => "unreachable",
            _ => "unavailable",
        };
}
