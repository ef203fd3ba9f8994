namespace Culvert.Platform.Wire;

/// <summary>The source of an agent's inner-TLS certificate, as the service sees it.</summary>
public static class ServerCertificateMode
{
    /// <summary>The service holds an authority of the tunnel: use <c>/v1/agent/server_certificates</c>.</summary>
    public const string Service = "service";

    /// <summary>The tunnel's authorities are trust-only: leaf and key come from files.</summary>
    public const string Files = "files";
}
