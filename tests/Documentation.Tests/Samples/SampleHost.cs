using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

[assembly: UnsupportedOSPlatform("windows")] // secrets must be 0600

namespace Culvert.Documentation.Tests.Samples;

/// <summary>A folder as on the host that a sample is written for: the sample, and the files that it names.</summary>
internal sealed class SampleHost : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("culvert-sample-").FullName;

    public SampleHost(string sample)
    {
        File = Path.Combine(folder, sample);
        System.IO.File.Copy(Repository.PathOf($"deploy/{sample}"), File);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=sample", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now.AddDays(1));
        Write("platform-ca.pem", certificate.ExportCertificatePem());
        Write("server.pem", certificate.ExportCertificatePem());
        Write("server.key", key.ExportPkcs8PrivateKeyPem());
        Write("tunnel-token", $"clv_tun_{new string('a', 43)}");
        Write("sealing.key", "made by init");
    }

    /// <summary>The sample, in that folder.</summary>
    public string File { get; }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        System.IO.File.WriteAllText(path, text);
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
