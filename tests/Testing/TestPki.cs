using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Testing;

/// <summary>
/// A two-tier CA in memory, shaped like the platform CA: a root, an issuing CA under it, and leaves with the names a
/// test asks for.
/// </summary>
public sealed class TestPki
{
    public const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    public const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa issuingKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestPki(DateTimeOffset? now = null, string name = "Test")
    {
        Now = now ?? new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Root = Authority($"CN={name} root", rootKey)
            .CreateSelfSigned(Now - TimeSpan.FromDays(1), Now + TimeSpan.FromDays(3650));
        Issuing = SignAuthority($"CN={name} issuing", issuingKey);
    }

    /// <summary>The instant around which validities are made.</summary>
    public DateTimeOffset Now { get; }

    public X509Certificate2 Root { get; }

    public X509Certificate2 Issuing { get; }

    public string RootPem => Root.ExportCertificatePem() + "\n";

    /// <summary>What a machine sends in addition to its leaf.</summary>
    public string ChainPem => Issuing.ExportCertificatePem() + "\n";

    /// <summary>A new key with a certificate for it from the issuing CA.</summary>
    public X509Certificate2 Issue(
        string? uri = null,
        string[]? dnsNames = null,
        string[]? usages = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null,
        Action<CertificateRequest>? edit = null
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        using var bare = Sign(request, uri is null ? [] : [uri], dnsNames, usages, notBefore, notAfter, edit);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>Certifies the key of a PKCS#10 request in PEM.</summary>
    public X509Certificate2 Certify(
        string csrPem,
        string? uri = null,
        string[]? dnsNames = null,
        string[]? usages = null,
        DateTimeOffset? notBefore = null,
        DateTimeOffset? notAfter = null
    )
    {
        var request = CertificateRequest.LoadSigningRequestPem(csrPem, HashAlgorithmName.SHA256);
        return Sign(request, uri is null ? [] : [uri], dnsNames, usages, notBefore, notAfter, edit: null);
    }

    /// <summary>As <see cref="Issue"/> with several URIs.</summary>
    public X509Certificate2 IssueWithUris(params string[] uris)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("", key, HashAlgorithmName.SHA256);
        using var bare = Sign(request, uris, null, null, null, null, edit: null);
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>This root's name and key, certified by another CA's root: the link of a root swap.</summary>
    public X509Certificate2 LinkFrom(TestPki old) =>
        Authority(Root.Subject, rootKey, old.Root)
            .Create(old.Root, Now - TimeSpan.FromDays(1), Now + TimeSpan.FromDays(400), NewSerial());

    private X509Certificate2 Sign(
        CertificateRequest request,
        string[] uris,
        string[]? dnsNames,
        string[]? usages,
        DateTimeOffset? notBefore,
        DateTimeOffset? notAfter,
        Action<CertificateRequest>? edit
    )
    {
        var names = new SubjectAlternativeNameBuilder();
        foreach (var uri in uris)
        {
            names.AddUri(new Uri(uri));
        }

        foreach (var name in dnsNames ?? [])
        {
            if (IPAddress.TryParse(name, out var address))
            {
                names.AddIpAddress(address);
            }
            else
            {
                names.AddDnsName(name);
            }
        }

        var keyUsages = new OidCollection();
        foreach (var usage in usages ?? [ClientAuthentication])
        {
            keyUsages.Add(new Oid(usage));
        }

        request.CertificateExtensions.Add(names.Build(critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(keyUsages, critical: false));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true)
        );
        edit?.Invoke(request);
        return request.Create(
            Issuing.SubjectName,
            X509SignatureGenerator.CreateForECDsa(issuingKey),
            notBefore ?? Now - TimeSpan.FromMinutes(2),
            notAfter ?? Now + TimeSpan.FromHours(1),
            NewSerial()
        );
    }

    private X509Certificate2 SignAuthority(string subject, ECDsa key) =>
        Authority(subject, key, Root)
            .Create(Root, Now - TimeSpan.FromDays(1), Now + TimeSpan.FromDays(90), NewSerial());

    private static CertificateRequest Authority(string subject, ECDsa key, X509Certificate2? signer = null)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        if (signer is not null)
        {
            request.CertificateExtensions.Add(
                X509AuthorityKeyIdentifierExtension.CreateFromCertificate(signer, true, false)
            );
        }

        return request;
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = 1; // positive, as DER wants it
        return serial;
    }
}
