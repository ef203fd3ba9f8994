using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Culvert.Platform.Certificates;

namespace Culvert.Tunnel.Agent.Tests.Support;

/// <summary>A CA of the tests' own, with certificates in every role that the agent meets.</summary>
internal sealed class TunnelPki
{
    public const string TrustDomain = "test.culvert";
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset To = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly X509Certificate2 ca;

    public TunnelPki(string name = "Test CA")
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        ca = request.CreateSelfSigned(From, To);
    }

    public string CaPem => ca.ExportCertificatePem();

    public X509Certificate2 Ca => ca;

    public PlatformTrust Trust =>
        PlatformTrust.TryCreate(TrustDomain, CaPem, out var trust) ? trust : throw new InvalidOperationException();

    /// <summary>A server leaf for DNS names and addresses.</summary>
    public KeyAndCertificate Server(params string[] names)
    {
        var sans = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                sans.AddIpAddress(address);
            }
            else
            {
                sans.AddDnsName(name);
            }
        }

        return Issue(sans, From, To, "1.3.6.1.5.5.7.3.1");
    }

    public KeyAndCertificate Server(DateTimeOffset notBefore, DateTimeOffset notAfter, params string[] names)
    {
        var sans = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            sans.AddDnsName(name);
        }

        return Issue(sans, notBefore, notAfter, "1.3.6.1.5.5.7.3.1");
    }

    /// <summary>A server leaf with a serial number of the test's.</summary>
    public KeyAndCertificate Server(byte[] serial, string name)
    {
        var sans = new SubjectAlternativeNameBuilder();
        sans.AddDnsName(name);
        return Issue(sans, From, To, serial, null, "1.3.6.1.5.5.7.3.1");
    }

    /// <summary>An edge whose certificate says where its issuer can be downloaded.</summary>
    public KeyAndCertificate EdgeWithIssuerUrl(string id, string url) =>
        Issue(
            Uri($"spiffe://{TrustDomain}/edge/{id}"),
            From,
            To,
            null,
            new X509AuthorityInformationAccessExtension(null, [url]),
            "1.3.6.1.5.5.7.3.1"
        );

    public KeyAndCertificate Edge(string id) =>
        Issue(Uri($"spiffe://{TrustDomain}/edge/{id}"), From, To, "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");

    public KeyAndCertificate Agent(string instance) =>
        Issue(
            Uri(
                $"spiffe://{TrustDomain}/o/11111111-2222-3333-4444-555555555555/t/tnl_01aaaaaaaaaaaaaaaaaaaaaa/agent/{instance}"
            ),
            From,
            To,
            "1.3.6.1.5.5.7.3.2"
        );

    /// <summary>A client certificate with a DNS name besides.</summary>
    public KeyAndCertificate Agent(string instance, string dnsName)
    {
        var sans = Uri($"spiffe://{TrustDomain}/agent/{instance}");
        sans.AddDnsName(dnsName);
        return Issue(sans, From, To, "1.3.6.1.5.5.7.3.2");
    }

    private static SubjectAlternativeNameBuilder Uri(string uri)
    {
        var sans = new SubjectAlternativeNameBuilder();
        sans.AddUri(new Uri(uri));
        return sans;
    }

    private KeyAndCertificate Issue(
        SubjectAlternativeNameBuilder sans,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter,
        params string[] usages
    ) => Issue(sans, notBefore, notAfter, null, null, usages);

    private KeyAndCertificate Issue(
        SubjectAlternativeNameBuilder sans,
        DateTimeOffset notBefore,
        DateTimeOffset notAfter,
        byte[]? serial,
        X509Extension? extra,
        params string[] usages
    )
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(sans.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([.. usages.Select(u => new Oid(u))], false)
        );
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(ca, true, false));
        if (extra is not null)
        {
            request.CertificateExtensions.Add(extra);
        }

        serial ??= NewSerial();
        using var leaf = request.Create(ca, notBefore, notAfter, serial);
        return KeyAndCertificate.FromPem(leaf.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    private static byte[] NewSerial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] &= 0x7f;
        serial[0] |= 0x40;
        return serial;
    }
}
