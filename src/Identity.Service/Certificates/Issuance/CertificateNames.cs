namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The spelling of kinds and states in the store, on the wire and in audit.</summary>
internal static class CertificateNames
{
    public static string Of(CertificateKind kind) =>
        kind switch
        {
            CertificateKind.Agent => "agent",
            CertificateKind.Edge => "edge",
            CertificateKind.Server => "server",
            _ => "service",
        };

    public static string Of(CertificateStatus status) =>
        status switch
        {
            CertificateStatus.Intent => "intent",
            CertificateStatus.Issued => "issued",
            _ => "void",
        };

    public static CertificateKind KindOf(string name) =>
        name switch
        {
            "agent" => CertificateKind.Agent,
            "edge" => CertificateKind.Edge,
            "server" => CertificateKind.Server,
            "service" => CertificateKind.Service,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };

    public static CertificateStatus StatusOf(string name) =>
        name switch
        {
            "intent" => CertificateStatus.Intent,
            "issued" => CertificateStatus.Issued,
            "void" => CertificateStatus.Void,
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
}
