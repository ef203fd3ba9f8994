namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>How an agent proved its identity (S4).</summary>
internal enum EnrollmentMethod
{
    /// <summary>By an access token, exchanged for a token of its identity provider.</summary>
    Federation,

    /// <summary>By the tunnel token, which never gives access to an inner-TLS certificate (S5).</summary>
    TunnelToken,
}
