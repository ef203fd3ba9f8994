using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Deployment.Tests.Harness;

/// <summary>
/// The files that the configuration of samples and charts names: roots, a certificate with its key, tokens.
/// </summary>
internal static class HostFiles
{
    public static string TunnelToken { get; } = $"clv_tun_{new string('a', 43)}";

    /// <summary>Writes them into a folder that a container will see as /etc/culvert; the secrets as its user's own.</summary>
    public static void WriteTo(TestFolder folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sample", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        var pem = certificate.ExportCertificatePem();
        foreach (
            var name in (string[])
                [
                    "platform-ca.pem",
                    "trust/platform-ca.pem",
                    "corp-ca.pem",
                    "server.pem",
                    "files/server/tls.crt",
                    "api-tls/tls.crt",
                ]
        )
        {
            folder.Write(name, pem);
        }

        var keyText = key.ExportPkcs8PrivateKeyPem();
        string[] secrets =
        [
            folder.Write("server.key", keyText, "600"),
            folder.Write("files/server/tls.key", keyText, "600"),
            folder.Write("api-tls/tls.key", keyText, "600"),
            folder.Write("files/hsm/pin", "1234", "600"),
            folder.Write("tunnel-token", TunnelToken, "600"),
            folder.Write("credentials/culvert.database", "Host=/run/postgresql;Username=culvert", "600"),
            folder.Write("credentials/culvert.sealing-key", "made by init", "600"),
        ];
        if (Environment.UserName == "root")
        {
            Tool.RunAsync("chown", [Unprivileged.User, .. secrets]).GetAwaiter().GetResult().Succeeded();
        }
    }
}
