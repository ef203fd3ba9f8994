namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>How an agent proved itself (S4).</summary>
internal enum EnrollmentMethod
{
    /// <summary>By an access token that came from its identity provider's token.</summary>
    Federation,

    /// <summary>By the tunnel token; never worth an inner-TLS certificate (S5).</summary>
    TunnelToken,
}
