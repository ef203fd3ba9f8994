namespace Culvert.Identity.Service.Tunnels.Machines;

internal enum EnrollmentMethod
{
    /// <summary>By an access token, exchanged for a token of its identity provider.</summary>
    Federation,

    /// <summary>By the tunnel token, which never gives access to an inner-TLS certificate (S5).</summary>
    TunnelToken,
}
